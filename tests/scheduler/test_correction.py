"""The robust ratio of observed to predicted time."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.correction import Correction


def ratio(correction: Correction) -> float:
    """What a prior of one second is corrected to, in seconds."""
    return correction.apply(1.0, 1e-9)[0]


def test_single_outlier_moves_little() -> None:
    """One observation a thousand times too long moves the median by a few deviations over n."""
    correction = Correction(0.1)
    for log in [0.0, 0.01, -0.01] * 5:
        correction.observe(log)
    before = ratio(correction)
    correction.observe(math.log(1000))
    assert ratio(correction) == pytest.approx(before, rel=0.02)


def test_three_outliers_in_a_row_are_no_drift() -> None:
    """As few as three wrong observations do not end the past."""
    correction = Correction(0.05)
    for log in [0.0, 0.05, -0.05] * 30 + [math.log(10)] * 3:
        correction.observe(log)
    assert ratio(correction) == pytest.approx(1.0, rel=0.02)


def test_drift_is_followed() -> None:
    """After a lasting change the estimate is right within seven observations."""
    rng = Random(3)
    correction = Correction(0.1)
    for _ in range(100):
        correction.observe(rng.gauss(0.0, 0.1))
    for _ in range(7):
        correction.observe(rng.gauss(math.log(3), 0.1))
    assert ratio(correction) == pytest.approx(3.0, rel=0.15)


def test_gets_sharper_with_data() -> None:
    """With many observations the median is known better than a window of twenty would allow."""
    rng = Random(5)
    correction = Correction(0.3)
    for _ in range(400):
        correction.observe(rng.gauss(0.2, 0.3))
    assert ratio(correction) == pytest.approx(math.exp(0.2), rel=0.06)


def test_spread_is_learned() -> None:
    """The spread moves from the prior's to the observed one."""
    rng = Random(4)
    correction = Correction(0.5)
    for _ in range(300):
        correction.observe(rng.gauss(0.0, 0.05))
    assert 0.04 < correction.apply(1.0, 1e-9)[1] < 0.12


@given(st.lists(st.floats(-7, 7), max_size=60))
def test_stays_within_what_was_seen(logs: list[float]) -> None:
    """The ratio lies between the smallest and largest observation or the prior's 0."""
    correction = Correction(0.1)
    for log in logs:
        correction.observe(log)
        seen = [0.0, *logs]
        assert min(seen) - 1e-9 <= math.log(ratio(correction)) <= max(seen) + 1e-9
        assert correction.apply(1.0, 1e-9)[1] > 0
