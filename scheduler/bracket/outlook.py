"""What the search wants to know of each request, and in which order it tries them."""

from typing import NamedTuple

import numpy as np

from scheduler.bracket.problem import Problem
from scheduler.kernel.jit import compiled
from scheduler.kernel.state import Floats, Ints

BY_DUE, BY_LENGTH, BY_NEITHER, BY_ABOUT_LENGTH, BY_ABOUT_DUE = 0, 1, 2, 3, 4
ORDERS = 5


RUN_WEIGHT = 0.03
"""The time of the median run is as bad as so many violations."""


class Outlook(NamedTuple):
    """Times in seconds; what cannot be met at all has no life."""

    order: Ints
    """the requests that can be met, in order of release"""
    released: Floats
    """their releases"""
    release: Floats
    """[n] earliest start"""
    due: Floats
    """[n] latest end"""
    shortest: Floats
    """[n] seconds of the shortest run"""
    reach_s: float
    """the longest time from release to due"""
    weight: float
    """a second of machine time is as bad as so many violations"""


def outlook_of(problem: Problem) -> Outlook:
    """The outlook of all requests."""
    bounds = problem.begin[:: problem.instances.size]
    able = np.flatnonzero(np.diff(bounds))
    release, due, shortest = np.zeros((3, problem.requests))
    if able.size:
        at = bounds[able]
        release[able] = np.minimum.reduceat(problem.first, at)
        due[able] = np.maximum.reduceat(problem.last + problem.duration, at)
        shortest[able] = np.minimum.reduceat(problem.duration, at)
    order = able[np.argsort(release[able], kind="stable")]
    reach_s = float((due - release).max(initial=0.0))
    weight = RUN_WEIGHT / float(np.median(problem.duration)) if able.size else 0.0
    return Outlook(order, release[order], release, due, shortest, reach_s, weight)


@compiled
def arranged(outlook: Outlook, todo: Ints, draws: np.random.Generator) -> Ints:
    """The requests in one of five orders, drawn."""
    kind = int(draws.random() * ORDERS)
    key = np.empty(todo.size)
    for at in range(todo.size):
        request, drawn = todo[at], draws.random()
        due_s, life_s = outlook.due[request], outlook.due[request] - outlook.release[request]
        if kind == BY_DUE:
            key[at] = due_s
        elif kind == BY_LENGTH:
            key[at] = outlook.shortest[request]
        elif kind == BY_NEITHER:
            key[at] = drawn
        elif kind == BY_ABOUT_LENGTH:
            key[at] = outlook.shortest[request] * (0.5 + drawn)
        else:
            key[at] = due_s + (drawn - 0.5) * 0.5 * life_s
    return todo[np.argsort(key, kind="mergesort")]
