"""Where a request goes into a schedule: the place that costs least of those where it fits."""

import math

import numpy as np

from scheduler.bracket.lines import Lines, before, fits, insert, place_of, run
from scheduler.bracket.prices import Tariff, up_to
from scheduler.bracket.problem import Problem
from scheduler.kernel.jit import borrowing
from scheduler.kernel.state import Ints

BY_PRICE, BY_END, BY_CHANCE = 0, 1, 2
"""What a place costs: the machine time at its price, the end of the run, a draw."""
LINES_SEEN = 5
"""Of the lines left alone, about so many are looked at."""
BEFORE, BEHIND = 8, 24
"""In a line that was ruined, so many places before and behind the last ruin are looked at."""
OMIT = 0.02
"""The share of places that are not looked at."""
LEAST_PRICE = 1e-4
"""Requests per second; where time costs nothing, the shorter run is still the better one."""


@borrowing
def insert_all(
    problem: Problem,
    lines: Lines,
    todo: Ints,
    tariff: Tariff,
    draws: np.random.Generator,
    cost: int,
) -> None:
    """Puts one request after the other where it costs least, of the places looked at."""
    for request in todo:
        line, place = cheapest_place(problem, lines, request, tariff, draws, cost)
        if line >= 0:
            insert(problem, lines, request, line, place)


@borrowing
def cheapest_place(
    problem: Problem,
    lines: Lines,
    request: int,
    tariff: Tariff,
    draws: np.random.Generator,
    cost: int,
) -> tuple[int, int]:
    """Instance and place; -1: it fits nowhere."""
    found, where, least = -1, -1, math.inf
    for line in range(lines.pool.size):
        pool = lines.pool[line]
        if not lines.touched[line] and draws.random() * lines.pool.size >= LINES_SEEN:
            continue
        begin, end = places(problem, lines, request, line)
        for place in range(begin, end):
            start_s, end_s = run(problem, request, pool, before(lines, line, place))
            if end_s == math.inf:
                break
            if draws.random() < OMIT or not fits(problem, lines, line, place, end_s):
                continue
            price = end_s if cost == BY_END else draws.random()
            if cost == BY_PRICE:
                price = paid_for(tariff, pool, start_s, end_s)
            if price < least:
                found, where, least = line, place, price
    return found, where


@borrowing
def places(problem: Problem, lines: Lines, request: int, line: int) -> tuple[int, int]:
    """The first place to look at, and the one behind the last; in a ruined line near the ruin."""
    at = request * problem.instances.size + lines.pool[line]
    if problem.begin[at] == problem.begin[at + 1]:
        return 0, 0
    begin = place_of(lines, line, problem.first[problem.begin[at]])
    end = lines.length[line] + 1
    if lines.touched[line]:
        begin = max(begin, lines.touched[line] - BEFORE)
        end = min(end, lines.touched[line] + BEHIND)
    return begin, end


@borrowing
def paid_for(tariff: Tariff, pool: int, start_s: float, end_s: float) -> float:
    """What a run costs, in requests."""
    start = up_to(tariff.paid[pool], (start_s - tariff.begin_s) / tariff.step_s)
    end = up_to(tariff.paid[pool], (end_s - tariff.begin_s) / tariff.step_s)
    return end - start + LEAST_PRICE * (end_s - start_s)
