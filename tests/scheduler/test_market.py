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
    ("rate", "count", "patience"), [(90.0, 800, 4.5), (115.0, 800, inf), (115.0, 400, 4.5)]
)
def test_patience_ends_below_full_load(rate: float, count: int, patience: float) -> None:
    """Patience is endless only where enough arrivals have shown that more comes than is served."""
    market = Market(Weights(), tunes=False, seed=0, early_s=0.0, saves=None)
    for number in range(count):
        market.arrived("net", number / rate, 0.1)
    market.reprice(LAYOUT.world(ESTIMATES), LAYOUT)
    assert market.rule.patience == patience


def test_patience_is_back_soon_after_a_crowd() -> None:
    """It is looked at after every block of arrivals, long before prices are found anew."""
    market = Market(Weights(), tunes=False, seed=0, early_s=0.0, saves=None)
    for number in range(1000):
        market.arrived("net", number / 150.0, 0.1)
    market.reprice(LAYOUT.world(ESTIMATES), LAYOUT)
    assert market.rule.patience == inf
    for number in range(1000, 1440):
        market.arrived("net", 1000 / 150.0 + (number - 1000) / 30.0, 0.1)
        if market.look_due:
            market.look()
    assert not market.prices_due
    assert market.rule.patience == 4.5
