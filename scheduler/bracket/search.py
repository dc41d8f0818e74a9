"""A feasible clairvoyant schedule by local search: ruin a part of it and recreate it otherwise."""

import math

import numpy as np

from scheduler.bracket.lines import Lines, copy, empty, place_of, remove
from scheduler.bracket.outlook import Outlook, arranged, outlook_of
from scheduler.bracket.placing import BY_CHANCE, BY_END, BY_PRICE, insert_all
from scheduler.bracket.prices import Grid, Tariff, tariff_of
from scheduler.bracket.problem import Problem
from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.state import Floats, Ints

MOST_LINES, MOST_REMOVED = 4, 8
"""Instances that are ruined at once, and requests taken out of each."""
MOST_SEEN, MOST_MISSED = 400, 60
"""So many requests released about then are looked at, and so many that are in no line tried."""
FIRST_HEAT, LAST_HEAT = 0.3, 0.03
"""A schedule worse by so many requests is accepted with probability 1 / e."""
AROUND_MISSED, TRIES = 0.7, 20
"""The share of ruins around a request that is in no line, and how often one is looked for."""
BY_PRICE_SHARE, BY_END_SHARE = 0.7, 0.2


def schedule(problem: Problem, grid: Grid, price: Floats, rounds: int, seed: int) -> Lines:
    """The best schedule found; ``price`` [p, cells] says which machine time is dear.

    Simulated annealing over ruin and recreate: strings of neighbours are taken out of a few
    instances, what is out is put in again in a drawn order, and the outcome is kept if it is
    better, or by chance (after Christiaens and Vanden Berghe, Slack induction by string removals,
    Transportation Science 54(2), 2020, who route vehicles). Requests run alone, not in batches.
    """
    outlook, best = outlook_of(problem), empty(problem)
    if outlook.order.size:
        draws = np.random.default_rng(seed)
        anneal(problem, outlook, best, tariff_of(grid, price), rounds, draws)
    return best


@compiled
def anneal(
    problem: Problem,
    outlook: Outlook,
    best: Lines,
    tariff: Tariff,
    rounds: int,
    draws: np.random.Generator,
) -> None:
    """Fills the empty schedule ``best`` by deadline and makes it the best found from there on."""
    everything = np.ones_like(best.length)
    for request in outlook.order[np.argsort(outlook.due[outlook.order], kind="mergesort")]:
        insert_all(problem, best, np.array([request]), tariff, draws, BY_PRICE)
        best.touched[:] = 0
    kept, lines = twin(best), twin(best)
    met = most = (kept.line >= 0).sum()
    for turn in range(rounds):
        heat = FIRST_HEAT * (LAST_HEAT / FIRST_HEAT) ** (turn / rounds)
        todo = ruin(problem, outlook, lines, moment(outlook, lines, draws), draws)
        todo = arranged(outlook, todo, draws)
        insert_all(problem, lines, todo, tariff, draws, rule(draws))
        better, more = gained(kept, lines, todo, outlook.weight)
        if better >= heat * math.log(1.0 - draws.random()):
            copy(lines, kept, lines.touched)
            met += more
        else:
            copy(kept, lines, lines.touched)
        lines.touched[:] = 0
        if met > most:
            most = met
            copy(kept, best, everything)


@compiled
def twin(lines: Lines) -> Lines:
    """The same schedule in arrays of its own, nothing touched."""
    return Lines(
        lines.pool,
        lines.order.copy(),
        lines.length.copy(),
        lines.line.copy(),
        lines.start.copy(),
        lines.end.copy(),
        np.zeros_like(lines.touched),
    )


@borrowing
def gained(old: Lines, new: Lines, todo: Ints, weight: float) -> tuple[float, int]:
    """What the new schedule is worth more, machine time counted, and how many it meets more."""
    better, more = 0.0, 0
    for request in todo:
        if new.line[request] >= 0:
            better += 1.0 - weight * (new.end[request] - new.start[request])
            more += 1
        if old.line[request] >= 0:
            better -= 1.0 - weight * (old.end[request] - old.start[request])
            more -= 1
    return better, more


@borrowing
def moment(outlook: Outlook, lines: Lines, draws: np.random.Generator) -> float:
    """A time to ruin around, mostly in the life of a request that is in no line."""
    request = outlook.order[int(draws.random() * outlook.order.size)]
    if draws.random() < AROUND_MISSED:
        for _ in range(TRIES):
            if lines.line[request] < 0:
                break
            request = outlook.order[int(draws.random() * outlook.order.size)]
    life_s = outlook.due[request] - outlook.release[request]
    return float(outlook.release[request] + draws.random() * life_s)


@compiled
def ruin(
    problem: Problem, outlook: Outlook, lines: Lines, middle_s: float, draws: np.random.Generator
) -> Ints:
    """Takes strings of requests that run about then out; returns them and others in no line."""
    begin = np.searchsorted(outlook.released, middle_s - outlook.reach_s)
    end = np.searchsorted(outlook.released, middle_s + outlook.reach_s)
    if end - begin > MOST_SEEN:
        begin += int(draws.random() * (end - begin - MOST_SEEN))
        end = begin + MOST_SEEN
    todo = np.empty(MOST_LINES * MOST_REMOVED + MOST_MISSED, np.int64)
    count = 0
    for at in range(begin, end):
        request = outlook.order[at]
        if lines.line[request] < 0 and count < MOST_MISSED:
            todo[count] = request
            count += 1
    for _ in range(1 + int(draws.random() * MOST_LINES)):
        line = int(draws.random() * lines.pool.size)
        length = 1 + int(draws.random() * MOST_REMOVED)
        place = max(0, place_of(lines, line, middle_s) - int(draws.random() * length))
        length = min(length, lines.length[line] - place)
        if length > 0:
            todo[count : count + length] = lines.order[line, place : place + length]
            count += length
            remove(problem, lines, line, place, length)
    return todo[:count]


@borrowing
def rule(draws: np.random.Generator) -> int:
    """What a place is chosen by this time."""
    drawn = draws.random()
    if drawn < BY_PRICE_SHARE:
        return BY_PRICE
    return BY_END if drawn < BY_PRICE_SHARE + BY_END_SHARE else BY_CHANCE
