"""When patience with the late has an end."""

from math import inf

import pytest

from scheduler.costs import Weights
from scheduler.layout import Layout
from scheduler.market import Market
from tests.support.decisions import estimator, pool

LAYOUT = Layout([pool("gpu", "net")])
ESTIMATES = estimator({("net", "gpu"): 0.01})


@pytest.mark.parametrize(
    ("rate", "count", "patience"), [(90.0, 400, 4.5), (115.0, 400, inf), (115.0, 50, 4.5)]
)
def test_patience_ends_below_full_load(rate: float, count: int, patience: float) -> None:
    """Patience is endless only where enough arrivals have shown that more comes than is served."""
    market = Market(Weights(), tunes=False, seed=0, early_s=0.0, saves=None)
    for number in range(count):
        market.arrived("net", number / rate, 0.1)
    market.reprice(LAYOUT.world(ESTIMATES), LAYOUT)
    assert market.rule.patience == patience
