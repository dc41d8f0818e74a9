"""The fewest violations lie between a bound that none beats and a schedule that exists."""

import math
from typing import NamedTuple

from scheduler.bracket.ascent import ascend, grid_of
from scheduler.bracket.lines import Lines, empty
from scheduler.bracket.problem import Problem
from scheduler.bracket.search import schedule

STEPS = 3000
"""Of the ascent."""
ROUNDS_PER_REQUEST, LEAST_ROUNDS, MOST_ROUNDS = 200, 4_000, 400_000
"""Of the search: about 15 seconds for 2,000 requests on 10 instances on a 2-core machine."""
ROUNDING = 1e-6
"""In requests: far above what sums of floating-point numbers can be off, far below 1."""


class Bracket(NamedTuple):
    """Violations: no schedule has fewer than ``at_least``, and ``schedule`` has ``feasible``."""

    at_least: int
    feasible: int
    schedule: Lines


def bracket(problem: Problem, seed: int) -> Bracket:
    """Both ends for one problem; the same seed gives the same."""
    count = problem.requests
    if not problem.first.size:
        return Bracket(count, count, empty(problem))
    grid = grid_of(problem)
    met, price = ascend(problem, grid, STEPS)
    rounds = min(MOST_ROUNDS, max(LEAST_ROUNDS, ROUNDS_PER_REQUEST * count))
    found = schedule(problem, grid, price, rounds, seed)
    return Bracket(violations(count, met), int((found.line < 0).sum()), found)


def violations(requests: int, met: float) -> int:
    """The least whole number of violations where at most ``met`` requests are met."""
    return max(0, math.ceil(requests - met - ROUNDING))
