"""A schedule: for each instance the line of requests that it runs, each as early as it can."""

import math
from typing import NamedTuple

import numpy as np

from scheduler.bracket.problem import Problem
from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.state import Floats, Ints


class Lines(NamedTuple):
    """Only requests that meet their deadline are in a line; k instances, n requests."""

    pool: Ints
    """[k] of an instance"""
    order: Ints
    """[k, n] the requests of an instance in order of time"""
    length: Ints
    """[k] how many these are"""
    line: Ints
    """[n] the instance that runs the request, -1: none does"""
    start: Floats
    """[n] seconds"""
    end: Floats
    """[n] seconds"""
    touched: Ints
    """[k] changed: the place of the last removal, else of the first insertion, counted from 1; 0"""


def empty(problem: Problem) -> Lines:
    """A schedule that runs nothing."""
    pool = np.repeat(np.arange(problem.instances.size), problem.instances)
    requests = problem.requests
    return Lines(
        pool=pool,
        order=np.full((pool.size, requests), -1, np.int64),
        length=np.zeros(pool.size, np.int64),
        line=np.full(requests, -1, np.int64),
        start=np.full(requests, math.inf),
        end=np.full(requests, math.inf),
        touched=np.zeros(pool.size, np.int64),
    )


@borrowing
def run(problem: Problem, request: int, pool: int, free_s: float) -> tuple[float, float]:
    """Start and end of the run that ends first, of those from ``free_s`` on; infinite: too late."""
    start_s, end_s = math.inf, math.inf
    at = request * problem.instances.size + pool
    for way in range(problem.begin[at], problem.begin[at + 1]):
        if problem.share[way] == 1.0 and free_s <= problem.last[way]:
            begin_s = max(free_s, problem.first[way])
            if begin_s + problem.duration[way] < end_s:
                start_s, end_s = begin_s, begin_s + problem.duration[way]
    return start_s, end_s


@borrowing
def place_of(lines: Lines, line: int, time_s: float) -> int:
    """The first place in the line whose request ends after this."""
    low, high = 0, lines.length[line]
    while low < high:
        middle = (low + high) // 2
        if lines.end[lines.order[line, middle]] > time_s:
            high = middle
        else:
            low = middle + 1
    return low


@borrowing
def before(lines: Lines, line: int, place: int) -> float:
    """When the request in front of this place ends."""
    return lines.end[lines.order[line, place - 1]] if place > 0 else -math.inf


@borrowing
def fits(problem: Problem, lines: Lines, line: int, place: int, end_s: float) -> bool:
    """Whether a request may end then in front of this place, all behind it still in time."""
    if end_s == math.inf:
        return False
    pool = lines.pool[line]
    while place < lines.length[line]:
        request = lines.order[line, place]
        if lines.start[request] >= end_s:
            return True
        end_s = run(problem, request, pool, end_s)[1]
        if end_s == math.inf:
            return False
        place += 1
    return True


@borrowing
def insert(problem: Problem, lines: Lines, request: int, line: int, place: int) -> None:
    """Puts a request where it `fits`; those behind it move."""
    for at in range(lines.length[line], place, -1):
        lines.order[line, at] = lines.order[line, at - 1]
    lines.order[line, place] = request
    lines.length[line] += 1
    lines.line[request] = line
    if not lines.touched[line]:
        lines.touched[line] = place + 1
    shift(problem, lines, line, place)


@borrowing
def remove(problem: Problem, lines: Lines, line: int, place: int, count: int) -> None:
    """Takes ``count`` requests out of a line; those behind them move up."""
    for at in range(place, place + count):
        request = lines.order[line, at]
        lines.line[request] = -1
        lines.start[request] = lines.end[request] = math.inf
    lines.length[line] -= count
    lines.touched[line] = place + 1
    for at in range(place, lines.length[line]):
        lines.order[line, at] = lines.order[line, at + count]
    shift(problem, lines, line, place)


@borrowing
def shift(problem: Problem, lines: Lines, line: int, place: int) -> None:
    """Starts each request from this place on as early as the one before it allows."""
    pool, free_s = lines.pool[line], before(lines, line, place)
    for at in range(place, lines.length[line]):
        request = lines.order[line, at]
        start_s, end_s = run(problem, request, pool, free_s)
        if at > place and start_s == lines.start[request] and end_s == lines.end[request]:
            return
        lines.start[request], lines.end[request] = start_s, end_s
        free_s = end_s


@compiled
def copy(source: Lines, target: Lines, touched: Ints) -> None:
    """Makes the lines that are not 0 in ``touched`` of ``target`` those of ``source``."""
    for line in np.flatnonzero(touched):
        for at in range(target.length[line]):
            request = target.order[line, at]
            target.line[request] = -1
            target.start[request] = target.end[request] = math.inf
    for line in np.flatnonzero(touched):
        target.length[line] = source.length[line]
        for at in range(source.length[line]):
            request = source.order[line, at]
            target.order[line, at] = request
            target.line[request] = line
            target.start[request], target.end[request] = source.start[request], source.end[request]
