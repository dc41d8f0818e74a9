"""How sure a difference is."""

import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.replay.paired import interval, mcnemar


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_exact_test(worse: int, better: int) -> None:
    """The two-sided binomial tail at one half."""
    changed = worse + better
    tail = sum(comb(changed, k) for k in range(min(worse, better) + 1)) / 2**changed
    assert mcnemar(worse, better) == pytest.approx(min(1.0, 2 * tail))


def test_no_difference_is_no_interval() -> None:
    """Runs that are alike differ by nothing, for sure."""
    assert interval([0.0] * 10) == (0.0, 0.0)
    assert interval([5.0]) == (5.0, 5.0)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_the_interval_holds_the_true_difference(share: float) -> None:
    """Of independent requests in about 95 of 100 samples."""
    draw = random.Random(7)
    hits = 0
    for _ in range(100):
        drawn = [
            100.0 * ((draw.random() < 0.2 + share) - (draw.random() < 0.2)) for _ in range(900)
        ]
        low, high = interval(drawn)
        hits += low <= 100 * share <= high
    assert hits >= 88


def test_neighbours_that_fail_together_make_it_less_sure() -> None:
    """A burst of violations says less than as many violations far apart."""
    together = [100.0] * 30 + [0.0] * 870
    apart = [100.0 if n % 30 == 0 else 0.0 for n in range(900)]
    wide, narrow = (high - low for low, high in map(interval, (together, apart)))
    assert wide > 2 * narrow
