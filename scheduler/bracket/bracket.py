"""The fewest violations lie between a bound that none beats and a schedule that exists."""

import math
from typing import NamedTuple

from scheduler.bracket.ascent import ascend, grid_of
from scheduler.bracket.lines import Lines
from scheduler.bracket.problem import Problem
from scheduler.bracket.search import schedule

LEAST_STEPS, MOST_STEPS, STEPS_TIMES_REQUESTS = 500, 4_000, 10_000_000
"""Of the ascent: about 5 seconds for 2,000 requests in two to three kinds of machines."""
ROUNDS_PER_REQUEST, LEAST_ROUNDS, MOST_ROUNDS = 400, 4_000, 800_000
"""Of the search: 10 to 30 seconds for 2,000 requests on 10 to 40 instances."""
ROUNDING = 1e-6
"""In requests: far above what sums of floating-point numbers can be off, far below 1."""


class Bracket(NamedTuple):
    """Violations: no schedule has fewer than ``at_least``, and ``schedule`` has ``feasible``."""

    at_least: int
    feasible: int
    schedule: Lines


def bracket(relaxed: Problem, strict: Problem, seed: int) -> Bracket:
    """The bound for one problem, the schedule for another, which has no way that the first lacks.

    The same seed gives the same.
    """
    requests, grid = relaxed.requests, grid_of(relaxed)
    steps = STEPS_TIMES_REQUESTS // max(1, requests)
    rounds = ROUNDS_PER_REQUEST * requests
    met, price = ascend(relaxed, grid, min(MOST_STEPS, max(LEAST_STEPS, steps)))
    found = schedule(strict, grid, price, min(MOST_ROUNDS, max(LEAST_ROUNDS, rounds)), seed)
    return Bracket(violations(requests, met), int((found.line < 0).sum()), found)


def violations(requests: int, met: float) -> int:
    """The least whole number of violations where at most ``met`` requests are met."""
    return max(0, math.ceil(requests - met - ROUNDING))
