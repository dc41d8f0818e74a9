"""The robust ratio of observed to predicted time."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.correction import WINDOW, Correction


def test_single_outlier_moves_nothing() -> None:
    """One observation a thousand times too long does not move the median."""
    correction = Correction(0.1)
    for log in [0.0, 0.01, -0.01] * 5:
        correction.observe(log)
    before = correction.shift().log_ratio
    correction.observe(math.log(1000))
    assert correction.shift().log_ratio == pytest.approx(before, abs=0.011)


def test_drift_is_followed() -> None:
    """After a lasting change the estimate is right within a dozen observations."""
    rng = Random(3)
    correction = Correction(0.1)
    for _ in range(100):
        correction.observe(rng.gauss(0.0, 0.1))
    for _ in range(14):
        correction.observe(rng.gauss(math.log(3), 0.1))
    assert math.exp(correction.shift().log_ratio) == pytest.approx(3.0, rel=0.15)


def test_spread_is_learned() -> None:
    """The spread moves from the prior's towards the observed one."""
    rng = Random(4)
    correction = Correction(0.5)
    for _ in range(200):
        correction.observe(rng.gauss(0.0, 0.05))
    assert 0.04 < correction.shift().sigma < 0.26


def test_spread_widens_while_it_drifts() -> None:
    """While old and new observations disagree, the spread says that little is known."""
    correction = Correction(0.05)
    for log in [0.0] * 15 + [1.0] * 6:
        correction.observe(log)
    assert correction.shift().sigma > 0.3


@given(st.lists(st.floats(-7, 7), max_size=60))
def test_stays_within_what_was_seen(logs: list[float]) -> None:
    """The ratio lies between the smallest and largest observation or the prior's 0."""
    correction = Correction(0.1)
    for log in logs:
        correction.observe(log)
        shift = correction.shift()
        seen = [0.0, *logs[-WINDOW:]]
        assert min(seen) <= shift.log_ratio <= max(seen)
        assert shift.sigma >= 0
