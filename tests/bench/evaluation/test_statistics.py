"""Floors, geometric means and paired intervals."""

from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.evaluation.statistics import FLOOR, best, floored, geometric_mean, mean, paired

RATIOS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12)


def test_a_geometric_mean_is_that_of_logarithms() -> None:
    """Half and double cancel; of nothing there is none."""
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 10.0, 100.0]) == pytest.approx(10.0)
    assert geometric_mean([]) is None


def test_a_mean_of_nothing_is_refused() -> None:
    """A figure that was not measured does not become a number."""
    assert mean([1.0, 2.0]) == 1.5
    with pytest.raises(ValueError, match="no values"):
        mean([])


@given(st.floats(0, 1))
def test_floored_is_never_below_the_floor_and_else_the_same(ratio: float) -> None:
    """Only what is below the floor changes."""
    assert floored(ratio) == max(FLOOR, ratio)


def test_a_known_interval() -> None:
    """Two seeds, logarithms 0 and 2: mean 1, and 1 +- 12.706 x sqrt(2) / sqrt(2)."""
    ratio = paired([0.1, 0.1 * 7.38905609893], [0.1, 0.1])
    assert log(ratio.value) == pytest.approx(1.0)
    assert log(ratio.high) - 1 == pytest.approx(12.7062, abs=1e-3)
    assert 1 - log(ratio.low) == pytest.approx(12.7062, abs=1e-3)


def test_one_seed_says_nothing_about_the_spread() -> None:
    """The interval is then everything, not a point."""
    value, low, high = paired([0.2], [0.1])
    assert (low, high) == (0.0, inf)
    assert value == pytest.approx(2.0)


def test_seeds_that_agree_leave_no_interval() -> None:
    """All the same ratio: the ends are the ratio."""
    ratio = paired([0.1, 0.2, 0.3], [0.2, 0.4, 0.6])
    assert ratio == pytest.approx((0.5, 0.5, 0.5))


def test_columns_of_other_lengths_are_refused() -> None:
    """What is not paired has no paired ratio."""
    with pytest.raises(ValueError, match="zip"):
        paired([0.1], [0.1, 0.2])
    with pytest.raises(ValueError, match="no seeds"):
        paired([], [])


@given(RATIOS)
def test_the_interval_holds_the_ratio_and_turns_around(pairs: list[tuple[float, float]]) -> None:
    """Ours over theirs is the reciprocal of theirs over ours, ends exchanged."""
    ours, theirs = [one for one, _ in pairs], [other for _, other in pairs]
    there, back = paired(ours, theirs), paired(theirs, ours)
    assert there.low <= there.value * (1 + 1e-9)
    assert there.value <= there.high * (1 + 1e-9)
    assert there.value * back.value == pytest.approx(1.0)


@given(RATIOS)
def test_a_ratio_of_floored_values_is_bounded(pairs: list[tuple[float, float]]) -> None:
    """No cell is worth more than 1 over the floor, however few the violations."""
    ratio = paired([one for one, _ in pairs], [other for _, other in pairs]).value
    assert FLOOR * (1 - 1e-9) <= ratio <= (1 + 1e-9) / FLOOR


def test_the_best_has_the_least_and_is_the_first_of_equals() -> None:
    """Ties go by order; of nobody there is no best."""
    assert best({"a": 0.3, "b": 0.1, "c": 0.1}) == "b"
    assert best({}) is None
