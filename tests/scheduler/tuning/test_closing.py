"""Which pools are closed to long requests."""

from collections.abc import Callable
from math import inf

import numpy as np

from scheduler.kernel.state import World
from scheduler.layout import Layout
from scheduler.tuning.closing import ROUNDS, closed, steps
from scheduler.tuning.point import DEVIATIONS, Point
from tests.support.decisions import estimator, pool

SECONDS = {("net", "gpu"): 0.001, ("net", "cpu"): 0.05, ("text", "gpu"): 0.02, ("text", "cpu"): 0.1}


def world() -> World:
    """Two pools that serve two models; text is the longer one on both."""
    return Layout([pool("gpu", "net", "text"), pool("cpu", "net", "text")]).world(
        estimator(SECONDS)
    )


def start() -> Point:
    """Nothing is closed."""
    return Point(
        np.zeros((2, 2)), np.zeros(2), np.zeros(len(DEVIATIONS)), np.zeros((2, 2), np.bool_)
    )


def closings(point: Point) -> list[tuple[int, int]]:
    """Model and pool of what is closed."""
    return [(int(model), int(pool)) for model, pool in np.argwhere(point.closed)]


def liking(*wanted: tuple[int, int]) -> Callable[[], Callable[[Point], float]]:
    """Trials in which a point is the better the nearer it is to these closings."""
    return lambda: lambda candidate: float(len(set(wanted) ^ set(closings(candidate))))


def test_a_step_closes_to_the_longest() -> None:
    """Each pool may be closed to the longest model that it takes."""
    assert [closings(step) for step in steps(start(), world())] == [[(1, 0)], [(1, 1)]]


def test_a_step_leaves_every_model_a_pool() -> None:
    """The last pool of a model is never closed to it, and what is closed may be opened."""
    point = start()
    point.closed[1, 0] = True
    assert [closings(step) for step in steps(point, world())] == [[]]


def test_only_served_models_count() -> None:
    """A model that a pool does not serve is neither closed nor opened there."""
    there = world()
    there.service[1, 0] = inf
    assert [closings(step) for step in steps(start(), there)] == []


def test_closes_as_long_as_it_helps() -> None:
    """Steps are taken while they are better."""
    assert closings(closed(start(), world(), liking((1, 0)))) == [(1, 0)]
    assert closings(closed(start(), world(), liking())) == []


def test_opens_what_is_better_open() -> None:
    """What an earlier search has closed is opened if that is better."""
    point = start()
    point.closed[1, 0] = True
    assert closings(closed(point, world(), liking())) == []


def test_steps_are_bounded() -> None:
    """A score that always prefers another point ends all the same."""
    seen = []

    def trial() -> Callable[[Point], float]:
        seen.append(1)
        return lambda candidate: float(len(seen) % 2 == len(closings(candidate)) % 2)

    closed(start(), world(), trial)
    assert len(seen) <= ROUNDS
