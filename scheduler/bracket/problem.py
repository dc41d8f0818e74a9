"""What a clairvoyant knows: for every request all the ways to meet its deadline."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scheduler.kernel.state import Floats, Ints


class Way(NamedTuple):
    """One way to run a request in time: any start from ``first_s`` to ``last_s`` on a pool.

    The instance is busy ``duration_s`` from the start on, the request has ``1 / batch`` of it.
    """

    request: int
    pool: int
    first_s: float
    last_s: float
    duration_s: float
    batch: int = 1


class Problem(NamedTuple):
    """Requests and the ways to run them in time, in order of request, pool and start.

    ``begin[request * pools + pool]`` is the first way of a request on a pool, the next entry the
    end. A request without a way is a violation whatever is done. Times are seconds at the instance:
    hops are taken off the deadlines.
    """

    instances: Ints
    """[p] how many requests, or batches, a pool runs at a time."""
    begin: Ints
    """[n x p + 1]"""
    first: Floats
    """[w] earliest start"""
    last: Floats
    """[w] latest start"""
    duration: Floats
    """[w] seconds in the instance, above 0"""
    share: Floats
    """[w] of the instance: 1, or less in a batch"""

    @property
    def requests(self) -> int:
        """How many requests there are, those without a way too."""
        return (self.begin.size - 1) // self.instances.size


def build(requests: int, instances: Sequence[int], ways: Sequence[Way]) -> Problem:
    """The problem of these ways; the ones that end before they begin are left out."""
    pools = len(instances)
    kept = sorted(way for way in ways if way.first_s <= way.last_s and way.duration_s > 0)
    counts = np.zeros(requests * pools + 1, np.int64)
    for way in kept:
        counts[way.request * pools + way.pool + 1] += 1
    return Problem(
        instances=np.array(instances, np.int64),
        begin=np.cumsum(counts),
        first=np.array([way.first_s for way in kept], np.float64),
        last=np.array([way.last_s for way in kept], np.float64),
        duration=np.array([way.duration_s for way in kept], np.float64),
        share=np.array([1.0 / way.batch for way in kept], np.float64),
    )
