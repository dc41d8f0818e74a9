"""Energy as a second objective: what a joule may cost before deadlines suffer."""

from math import inf
from typing import NamedTuple

import numpy as np

from scheduler.tuning.point import Point
from scheduler.tuning.search import REQUESTS, Problem, run

STEPS = (0.0, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.5, 4.0, 8.0, 16.0, 50.0)
"""Costs of a second at the mean draw that are tried, in seconds at a price of 1."""
TRIALS = 3
SLACK = 0.001
"""Ratios of violations that differ by less are the same: two requests of a trial."""


class Saves(NamedTuple):
    """The least energy at no more than ``tolerance`` times the violations, or a budget.

    ``budget_w``: what all slots together may draw beyond idle, on average; the fewest violations
    within it, or if nothing is, the least energy.
    """

    tolerance: float
    budget_w: float = inf


def save(problem: Problem, found: Point, saves: Saves) -> Point:
    """The point with the price of a joule that does best on streams drawn from the past."""
    watts = problem.world.watts
    if not watts.any():
        return found
    generator = np.random.default_rng(problem.seed + 1)
    streams = [problem.past.stream(problem.world, REQUESTS, generator) for _ in range(TRIALS)]
    candidates = [found._replace(energy=step / float(watts.mean())) for step in STEPS]
    seen = np.zeros((len(candidates), 2))
    for stream in streams:
        for number, candidate in enumerate(candidates):
            played = run(problem, candidate, stream)
            span_s = float(np.max(played.end, where=np.isfinite(played.end), initial=0.0))
            drawn_w = float((watts[played.pool] * played.took).sum()) / max(span_s, 1e-9)
            seen[number] += (played.end > stream.due).mean() / TRIALS, drawn_w / TRIALS
    return candidates[best(seen[:, 0].tolist(), seen[:, 1].tolist(), saves)]


def best(violations: list[float], drawn_w: list[float], saves: Saves) -> int:
    """The candidate to take; the first is the one without a price of energy."""
    numbers = range(len(violations))
    if saves.budget_w < inf:
        within = [number for number in numbers if drawn_w[number] <= saves.budget_w]
        if not within:
            return min(numbers, key=drawn_w.__getitem__)
        return min(within, key=lambda number: (violations[number], drawn_w[number]))
    most = saves.tolerance * violations[0] + SLACK
    allowed = [number for number in numbers if violations[number] <= most]
    return min(allowed, key=drawn_w.__getitem__)
