"""A loop's share of a core."""

import pytest

from k8s.prewarm.budget import Budget


def test_what_comes_seldom_is_not_delayed() -> None:
    """A step of 50 ms every second stays within eight percent: no waiting at all."""
    budget = Budget(share=0.08, saved_s=0.25)
    assert [budget.spent(0.05, float(second)) for second in range(100)] == [0.0] * 100


def test_a_storm_is_slowed_down_to_the_share() -> None:
    """Steps that would use the whole core get their share of it."""
    budget, now_s, used_s = Budget(share=0.08, saved_s=0.25), 0.0, 0.0
    while now_s < 100:
        now_s += 0.05 + budget.spent(0.05, now_s)
        used_s += 0.05
    assert used_s / now_s == pytest.approx(0.08, abs=0.01)


def test_what_was_saved_is_bounded() -> None:
    """After an hour of rest no more than a little may be spent at once."""
    budget = Budget(share=0.1, saved_s=0.2)
    budget.spent(0.0, 0.0)
    assert budget.spent(0.2, 3600.0) == 0.0
    assert budget.spent(0.1, 3600.0) == pytest.approx(1.0)
