"""The state of a whole run as arrays: what comes, what is believed, what happened."""

from typing import NamedTuple

import numpy as np

from scheduler.kernel import events
from scheduler.kernel.state import COLUMNS, Floats, Ints

ARRIVALS, EVENTS, TURN, QUEUED, SET_ASIDE, WAKE_S, NOW_S, REPORTS, PLANNED = range(9)
"""Places in `Run.counts`: next arrival, events, running number, waiting, late, next wake, now,
reports, rows planned so far."""


class Stream(NamedTuple):
    """The requests in order of arrival, and the truth about them."""

    arrival: Floats
    model: Ints
    due: Floats
    """Seconds, as a time."""
    expiry: Floats
    """Seconds after arrival."""
    rank: Ints
    size: Floats
    """Bytes of the payload."""
    service: Floats
    """[i, p] the true seconds on each pool."""
    drift_at: Floats
    """[p, d] from when on, ascending, infinite: never, ..."""
    drift_factor: Floats
    """[p, d] ... what starts takes so many times as long."""


class Belief(NamedTuple):
    """What is learned of service times while the run goes on."""

    prior: Floats
    """[m, p] seconds; infinite: not served."""
    rows: Floats
    """[m, p, :] of `scheduler.kernel.correcting`."""
    floor_s: float


class Run(NamedTuple):
    """The state of a run, and its results by request."""

    counts: Floats
    heap: Floats
    queue: Floats
    late: Floats
    start: Floats
    """[i] seconds, infinite: never."""
    end: Floats
    """[i] seconds of the answer, hops included; infinite: never."""
    pool: Ints
    slot: Ints
    placed: Floats
    expected: Floats
    """[i] believed seconds in the slot, when it was placed."""
    after: Ints
    """[i] the next that waits at the same slot."""
    line: Ints
    """[k] the first that waits at a slot, by deadline."""
    running: Ints
    owed: Ints
    """[k] the first placed there that has not reported."""
    owing: Ints
    """[i] the next of those."""
    known: Floats
    """[k] the last reported end, in seconds."""
    took: Floats
    """[i] true seconds in the slot."""
    ratio: Floats
    """[i] observed over expected seconds in the slot."""
    size: Ints
    """[i] how many are computed together, at the first of them."""
    mate: Ints
    """[i] the next that is computed together with it, -1: none."""
    order: Ints
    """The requests in the order of their reports."""


def fresh(count: int, slots: int) -> Run:
    """A run in which nothing has happened."""
    counts = np.zeros(PLANNED + 1)
    counts[WAKE_S], counts[NOW_S] = np.inf, -np.inf
    return Run(
        counts,
        np.empty((4 * count + 16, events.COLUMNS)),
        np.empty((count + 1, COLUMNS)),
        np.empty((count + 1, COLUMNS)),
        np.full(count, np.inf),
        np.full(count, np.inf),
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
        np.zeros(count),
        np.zeros(count),
        np.full(count, -1, np.int64),
        np.full(slots, -1, np.int64),
        np.full(slots, -1, np.int64),
        np.full(slots, -1, np.int64),
        np.full(count, -1, np.int64),
        np.zeros(slots),
        np.zeros(count),
        np.ones(count),
        np.ones(count, np.int64),
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
    )
