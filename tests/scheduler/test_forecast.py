"""What is to come: the present rate, and bursts that come back."""

import pytest
from numpy.random import default_rng

from scheduler.forecast import Forecast

AHEAD = (1.0, 2.0, 3.0, 5.0, 10.0)


def fed(seconds: int, rate: float, burst: float = 0.0, every: int = 0, seed: int = 1) -> Forecast:
    """Random arrivals at ``rate`` a second, and ``burst`` in four seconds of ``every``."""
    draws, forecast = default_rng(seed), Forecast()
    for second in range(seconds):
        bursting = bool(every) and second % every < 4
        for _ in range(draws.poisson(burst if bursting else rate)):
            forecast.arrived(second + 0.5)
    return forecast


def test_a_steady_rate() -> None:
    """A steady rate is expected to go on."""
    coming = fed(120, 10.0).coming(120.0, AHEAD)
    assert coming[0] == pytest.approx(10, rel=0.35)
    assert coming[-1] == pytest.approx(10 * coming[0])


def test_nothing_came() -> None:
    """Where nothing ever came nothing is expected."""
    assert Forecast().coming(5.0, AHEAD) == [0.0] * len(AHEAD)


def test_a_rate_that_ends() -> None:
    """What has ended is forgotten within seconds."""
    forecast = fed(60, 20.0)
    assert forecast.rate(75.0) < 0.2


def test_a_burst_counts_at_once() -> None:
    """A burst counts before its first second is over."""
    forecast = fed(60, 1.0)
    for _ in range(20):
        forecast.arrived(60.3)
    assert forecast.rate(60.4) > 5


@pytest.mark.parametrize("every", [20, 30, 60])
def test_bursts_that_come_back(every: int) -> None:
    """The fourth burst of a rhythm is expected before it comes, and the lull before it too."""
    forecast = fed(4 * every - 3, 0.5, burst=20.0, every=every)
    now_s = 4 * every - 3.0
    assert forecast.period_s(now_s) == pytest.approx(every, abs=1)
    coming = forecast.coming(now_s, AHEAD)
    assert coming[0] < 5
    assert coming[3] > 20


def test_a_rhythm_that_stops() -> None:
    """A rhythm that stops is not believed in for ever."""
    forecast = fed(120, 0.5, burst=20.0, every=30)
    for second in range(120, 330):
        forecast.arrived(second + 0.5)
    assert max(forecast.coming(330.0, AHEAD)) < 50


@pytest.mark.parametrize("rate", [0.2, 1.0, 5.0, 30.0])
def test_chance_is_no_rhythm(rate: float) -> None:
    """Random arrivals seldom look like a rhythm."""
    found = [fed(300, rate, seed=seed).period_s(300.0) for seed in range(20)]
    assert sum(period is not None for period in found) <= 1


def test_a_long_pause() -> None:
    """After a pause longer than what is remembered only what comes then counts."""
    forecast = fed(100, 20.0, burst=50.0, every=20)
    assert forecast.coming(10_000.0, AHEAD)[-1] < 1e-6
    forecast.arrived(10_000.1)
    assert forecast.period_s(10_000.2) is None
