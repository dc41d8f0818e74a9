"""Streams drawn from what was observed."""

import numpy as np

from scheduler.layout import Layout
from scheduler.tuning.past import BLOCK, REMEMBERED, History
from tests.support.decisions import estimator, pool

MODELS = {"net": 0, "text": 1}
WORLD = Layout([pool("gpu", "net", "text")]).world(
    estimator({("net", "gpu"): 0.01, ("text", "gpu"): 0.02})
)


def history(count: int, gap_s: float = 0.1) -> History:
    """Arrivals of two models in turn, their computations a tenth too long."""
    found = History()
    for number in range(count):
        model = "net" if number % 2 else "text"
        found.arrived(model, 5.0 + number * gap_s, 1.0 + number)
        found.ended(model, 1.1 if model == "net" else 0.9)
    return found


def test_past_in_order() -> None:
    """Gaps, models and times to the deadline are those of the arrivals."""
    past = history(4).past(MODELS)
    np.testing.assert_allclose(past.gap, [0.0, 0.1, 0.1, 0.1])
    assert past.model.tolist() == [1, 0, 1, 0]
    assert past.qos.tolist() == [1.0, 2.0, 3.0, 4.0]


def test_only_known_models() -> None:
    """What no pool serves any more is left out."""
    past = history(6).past({"net": 0})
    assert past.model.tolist() == [0, 0, 0]
    assert set(past.ratio.tolist()) == {1.1}


def test_the_latest_are_remembered() -> None:
    """Memory is bounded, the count of arrivals goes on."""
    found = history(REMEMBERED + 50)
    assert found.arrivals == REMEMBERED + 50
    assert found.past(MODELS).gap.size == REMEMBERED + 1


def test_stream_is_like_the_past() -> None:
    """Arrivals come in blocks of what was seen, with the ratios of their models."""
    past = history(200).past(MODELS)
    stream = past.stream(WORLD, 3 * BLOCK, np.random.default_rng(1))
    assert (np.diff(stream.arrival) >= 0).all()
    expected = np.where(stream.model == 0, 1.1, 0.9) * WORLD.service[stream.model, 0]
    np.testing.assert_allclose(stream.service[:, 0], expected)
    assert (np.diff(stream.model[:BLOCK]) != 0).all()


def test_same_seed_same_stream() -> None:
    """The draws come from the generator alone."""
    past = history(100).past(MODELS)
    first, second = (past.stream(WORLD, 60, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first.arrival, second.arrival)
