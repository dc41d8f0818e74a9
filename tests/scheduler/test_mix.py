"""Shares of models."""

import pytest

from scheduler.mix import HALF_LIFE, Mix


def test_even_before_anything_came() -> None:
    """Without arrivals the models share evenly."""
    assert Mix().shares(["a", "b"]) == {"a": 0.5, "b": 0.5}


def test_follows_what_comes() -> None:
    """After many arrivals of one model the share of the other is small, and never 0."""
    mix = Mix()
    for _ in range(5000):
        mix.observe("a")
    assert 0 < mix.shares(["a", "b"])["b"] < 0.03


def test_half_life() -> None:
    """What came a half-life ago counts half."""
    mix = Mix()
    for model in "a" * 20_000 + "b" * HALF_LIFE:
        mix.observe(model)
    assert mix.shares(["a", "b"])["b"] == pytest.approx(0.5, abs=0.01)


def test_long_runs_stay_finite() -> None:
    """Hundreds of thousands of arrivals do not overflow."""
    mix = Mix()
    for _ in range(200_000):
        mix.observe("a")
    assert mix.shares(["a"]) == {"a": 1.0}
