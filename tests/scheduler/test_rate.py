"""The rate of arrivals now."""

from itertools import pairwise
from statistics import fmean

import pytest
from numpy.random import default_rng

from scheduler.rate import Rate


def poisson(per_s: float, from_s: float, length_s: float, seed: int) -> list[float]:
    """Random times."""
    draws, at_s, found = default_rng(seed), from_s, list[float]()
    while (at_s := at_s + draws.exponential(1 / per_s)) < from_s + length_s:
        found.append(at_s)
    return found


def after(quiet: float, burst: float, seconds: float, seed: int) -> float:
    """The rate so many seconds into a burst."""
    rate = Rate()
    for at_s in (*poisson(quiet, 0.0, 60.0, seed), *poisson(burst, 60.0, seconds, seed)):
        rate.arrived(at_s)
    return rate.per_s(60.0 + seconds)


def test_a_burst_is_seen_within_a_second() -> None:
    """Half of its rate after a second, three quarters after two."""
    found = [[after(0.3, 15.0, seconds, seed) for seed in range(50)] for seconds in (1.0, 2.0)]
    assert fmean(found[0]) > 7
    assert fmean(found[1]) > 10


def test_a_steady_stream_is_not_taken_for_a_burst() -> None:
    """The mean is right within a sixth, and what chance adds is bounded."""
    rate, seen = Rate(), list[float]()
    times = poisson(10.0, 0.0, 300.0, 1)
    for before_s, at_s in pairwise(times):
        rate.arrived(before_s)
        if before_s > 20:
            seen.append(rate.per_s(at_s))
    assert fmean(seen) == pytest.approx(10.0, rel=0.17)
    assert max(seen) < 20


def test_one_request_is_no_rate() -> None:
    """A single request counts for a third a second, and is forgotten within seconds."""
    rate = Rate()
    rate.arrived(1.0)
    assert rate.per_s(1.0) == pytest.approx(1 / 3)
    assert rate.per_s(15.0) < 0.01


def test_nothing_came() -> None:
    """No rate."""
    assert Rate().per_s(100.0) == 0.0
