"""Which pools are better closed to the longest requests, found one by one."""

from collections.abc import Callable, Iterator

import numpy as np

from scheduler.kernel.state import Marks, World
from scheduler.tuning.point import Point

ROUNDS = 6
"""So many closings are changed in a search at most."""
Trial = Callable[[Point], float]
"""The score of a candidate on one stream; less is better."""


def closed(start: Point, world: World, trial: Callable[[], Trial]) -> Point:
    """``start`` with what is closed as long as each step is better, on a new stream each time.

    A fast machine that takes long requests is busy when short ones come that only it can meet; if
    it is kept from them, those are late instead. Size interval task assignment does this for ever
    and for all lengths (M. Harchol-Balter, M. Crovella, C. Murta, On Choosing a Task Assignment
    Policy for a Distributed Server System, JPDC 59(2), 1999); here each pool has its own limit,
    searched on what came, and only requests that are on time are kept out.
    """
    found = start
    for _ in range(ROUNDS):
        score = trial()
        moves = [found, *steps(found, world)]
        best = int(np.argmin([score(move) for move in moves]))
        if best == 0:
            break
        found = moves[best]
    return found


def steps(point: Point, world: World) -> Iterator[Point]:
    """By pool: closed to the longest that it takes, and open to the shortest that it does not."""
    served = np.isfinite(world.service)
    for pool in range(world.price.size):
        taken = np.flatnonzero(served[:, pool] & ~point.closed[:, pool])
        others = (served & ~point.closed).sum(axis=1)
        if taken.size > 1:
            longest = taken[np.argmax(world.service[taken, pool])]
            if others[longest] > 1:
                yield _with(point, int(longest), pool, True)
        kept_out = np.flatnonzero(served[:, pool] & point.closed[:, pool])
        if kept_out.size:
            shortest = kept_out[np.argmin(world.service[kept_out, pool])]
            yield _with(point, int(shortest), pool, False)


def _with(point: Point, model: int, pool: int, shut: bool) -> Point:
    changed: Marks = point.closed.copy()
    changed[model, pool] = shut
    return point._replace(closed=changed)
