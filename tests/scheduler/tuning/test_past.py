"""Streams drawn from what was observed."""

import numpy as np
import pytest

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


def test_rate_of_regular_arrivals() -> None:
    """Without spread the rate is known exactly, and not at all from a few."""
    assert history(200).least_rate() == pytest.approx(10.0)
    assert history(150).least_rate() == 0.0


def test_rate_less_its_error() -> None:
    """Bursts make the rate uncertain; the least that is likely is told."""
    found, draws, at_s = History(), np.random.default_rng(5), 0.0
    for _ in range(400):
        at_s += float(draws.gamma(0.25, 0.4))
        found.arrived("net", at_s, 1.0)
    assert 0.7 * 10.0 < found.least_rate() < 400 / at_s


def test_rate_of_long_bursts_is_less_sure() -> None:
    """Calm and busy stretches say less of the rate than as many independent gaps."""
    draws = np.random.default_rng(5)
    gaps = draws.exponential(1.0, 800) * np.repeat(draws.permutation([0.2, 1.8] * 10), 40)
    mixed, shuffled = (rate_of(each) for each in (gaps, draws.permutation(gaps)))
    assert mixed < shuffled < 800 / gaps.sum()


def rate_of(gaps: np.ndarray) -> float:
    """The least rate after arrivals with these gaps."""
    found = History()
    for at_s in np.cumsum(gaps):
        found.arrived("net", float(at_s), 1.0)
    return found.least_rate()
