"""Finds the prices under which the bound on violations is highest."""

import math
from typing import NamedTuple

import numpy as np

from scheduler.bracket.prices import Grid, worth
from scheduler.bracket.problem import Problem
from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.state import Floats

CELLS_PER_RUN = 16
"""A cell is so much shorter than the median run; finer cells give a slightly better bound."""
MOST_CELLS = 200_000
"""Of one pool; then they are longer, and the bound is as valid."""
FIRST_RATE, LAST_RATE = 0.04, 0.0004
"""How far a price moves in a step, in requests per median run."""
KEEP_MEAN, KEEP_SQUARE = 0.9, 0.999
LEAST_ROOT = 1e-9
"""Seconds; less than this of a cell is no slope."""


class Moments(NamedTuple):
    """Running means [p, cells] of the slope and of its square."""

    mean: Floats
    square: Floats


def grid_of(problem: Problem, cells_per_run: int = CELLS_PER_RUN) -> Grid:
    """Cells that cover every run in time and end a little later."""
    if not problem.first.size:
        return Grid(0.0, 1.0, 0)
    begin_s = float(problem.first.min())
    end_s = float((problem.last + problem.duration).max())
    step_s = float(np.median(problem.duration)) / cells_per_run
    step_s = max(step_s, (end_s - begin_s) / MOST_CELLS)
    return Grid(begin_s, step_s, int((end_s - begin_s) / step_s) + 3)


def ascend(problem: Problem, grid: Grid, steps: int) -> tuple[float, Floats]:
    """The least upper bound on the requests met that was found, and its prices [p, cells].

    The bound is convex in the prices, and capacity less use is a subgradient of it. The step of
    each price is scaled by the past of its own gradient (Kingma and Ba, Adam, ICLR 2015).
    """
    price = np.zeros((problem.instances.size, grid.cells))
    if not problem.first.size:
        return 0.0, price
    run_s = float(np.median(problem.duration))
    least = descend(problem, grid, price, steps, FIRST_RATE / run_s, LAST_RATE / run_s)
    return least, price


@compiled
def descend(
    problem: Problem, grid: Grid, price: Floats, steps: int, first_rate: float, last_rate: float
) -> float:
    """Walks downhill from ``price``, which becomes the best of the way; returns its worth."""
    pools, cells = price.shape
    use, gain = np.zeros((pools, cells)), np.zeros((problem.begin.size - 1) // pools)
    now, moments = price.copy(), Moments(np.zeros((pools, cells)), np.zeros((pools, cells)))
    least = math.inf
    for step in range(steps):
        value = worth(problem, grid, now, use, gain)
        if value < least:
            least = value
            price[:, :] = now
        rate = first_rate * (last_rate / first_rate) ** (step / steps)
        for pool in range(pools):
            use[pool] -= problem.instances[pool] * grid.step_s
        move(now, use, moments, step + 1.0, rate)
    return least


@borrowing
def move(price: Floats, slope: Floats, moments: Moments, step: float, rate: float) -> None:
    """Raises prices of what is used too much, lowers those of what is left over, down to 0."""
    mean, square = moments
    mean_weight, square_weight = 1.0 - KEEP_MEAN**step, 1.0 - KEEP_SQUARE**step
    pools, cells = price.shape
    for pool in range(pools):
        for cell in range(cells):
            now = slope[pool, cell]
            if price[pool, cell] <= 0.0:
                now = max(0.0, now)
            mean[pool, cell] += (1.0 - KEEP_MEAN) * (now - mean[pool, cell])
            square[pool, cell] += (1.0 - KEEP_SQUARE) * (now * now - square[pool, cell])
            root = math.sqrt(square[pool, cell] / square_weight) + LEAST_ROOT
            change = rate * mean[pool, cell] / mean_weight / root
            price[pool, cell] = max(0.0, price[pool, cell] + change)
