"""Prices of machine time, and how many requests any schedule can meet at most under them."""

from typing import NamedTuple

import numpy as np

from scheduler.bracket.problem import Problem
from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.state import Floats

SLACK_S = 1e-9
"""Deadlines are taken as so much later: rounding never makes the bound on violations too high."""


class Grid(NamedTuple):
    """Cells of equal length from ``begin_s`` on."""

    begin_s: float
    step_s: float
    cells: int


class Tariff(NamedTuple):
    """What an instance costs, in requests, from the beginning to each edge of the cells."""

    begin_s: float
    step_s: float
    paid: Floats
    """[p, cells + 1]"""


@compiled
def worth(problem: Problem, grid: Grid, price: Floats, use: Floats, gain: Floats) -> float:
    """No schedule meets more requests than this; ``price`` [p, cells] is per second, at least 0.

    Let c[a] be the instances of pool a, and q[a](t) >= 0 its price at time t. In any schedule the
    requests that run on a at t have at most c[a] instances together, so that all requests met pay
    at most C = sum_a c[a] integral q[a]. One that is met by a run of d seconds from s on pays at
    least share x integral of q[a] from s to s + d, which is at least the least such cost k[j] of
    all its ways and starts. Hence::

        met  =  sum_met 1  <=  sum_met (1 - k[j]) + C  <=  sum_j max(0, 1 - k[j]) + C

    for any prices whatever: the better they are, the closer it is. ``gain`` [n] becomes
    max(0, 1 - k[j]) and ``use`` the seconds that the cheapest runs have of each cell.
    """
    pools = price.shape[0]
    tariff = tariff_of(grid, price)
    total = 0.0
    for pool in range(pools):
        total += tariff.paid[pool, -1] * problem.instances[pool]
    use[:, :] = 0.0
    for request in range(gain.size):
        way, pool, least, start_s = best(problem, tariff, request)
        gain[request] = 1.0 - least
        if way >= 0:
            total += 1.0 - least
            start = (start_s - grid.begin_s) / grid.step_s
            length = problem.duration[way] / grid.step_s
            spend(use[pool], start, start + length, problem.share[way] * grid.step_s)
    return total


@compiled
def tariff_of(grid: Grid, price: Floats) -> Tariff:
    """The tariff of prices [p, cells] per second."""
    pools, cells = price.shape
    paid = np.zeros((pools, cells + 1))
    for pool in range(pools):
        for cell in range(cells):
            paid[pool, cell + 1] = paid[pool, cell] + price[pool, cell] * grid.step_s
    return Tariff(grid.begin_s, grid.step_s, paid)


@borrowing
def best(problem: Problem, tariff: Tariff, request: int) -> tuple[int, int, float, float]:
    """Way, pool, cost and start of the cheapest run; -1 as way and 1 as cost: none costs less."""
    found, where, least, start_s = -1, -1, 1.0, 0.0
    pools = problem.instances.size
    for pool in range(pools):
        at = request * pools + pool
        for way in range(problem.begin[at], problem.begin[at + 1]):
            cost, at_s = cheapest(
                tariff,
                pool,
                problem.first[way],
                problem.last[way] + SLACK_S,
                problem.duration[way],
                problem.share[way],
            )
            if cost < least:
                found, where, least, start_s = way, pool, cost, at_s
    return found, where, least, start_s


@borrowing
def cheapest(
    tariff: Tariff, pool: int, first_s: float, last_s: float, duration_s: float, share: float
) -> tuple[float, float]:
    """The least cost of a run that starts from ``first_s`` to ``last_s``, and that start.

    The cost is piecewise linear in the start, with corners where start or end meets an edge.
    """
    paid, length = tariff.paid[pool], duration_s / tariff.step_s
    first = (first_s - tariff.begin_s) / tariff.step_s
    last = (last_s - tariff.begin_s) / tariff.step_s
    least, start = up_to(paid, first + length) - up_to(paid, first), first
    cost = up_to(paid, last + length) - up_to(paid, last)
    if cost < least:
        least, start = cost, last
    for edge in range(int(first) + 1, int(np.ceil(last))):
        cost = up_to(paid, edge + length) - paid[edge]
        if cost < least:
            least, start = cost, float(edge)
    for edge in range(int(first + length) + 1, int(np.ceil(last + length))):
        cost = paid[edge] - up_to(paid, edge - length)
        if cost < least:
            least, start = cost, edge - length
    return share * least, tariff.begin_s + start * tariff.step_s


@borrowing
def up_to(paid: Floats, cell: float) -> float:
    """What all time before this costs; ``cell`` need not be whole."""
    left = int(cell)
    return float(paid[left] + (cell - left) * (paid[left + 1] - paid[left]))


@borrowing
def spend(use: Floats, start: float, end: float, seconds: float) -> None:
    """Adds a run from ``start`` to ``end``, in cells of ``seconds`` each."""
    first, last = int(start), int(end)
    if first == last:
        use[first] += (end - start) * seconds
        return
    use[first] += (first + 1 - start) * seconds
    for cell in range(first + 1, last):
        use[cell] += seconds
    use[last] += (end - last) * seconds
