"""What is to happen, in order of time."""

from heapq import heappop, heappush
from math import inf
from typing import Any

(
    ENDED,
    REPORTED,
    DROPPED,
    BACK,
    OUT,
    READY,
    EXPIRED,
    NOTICED,
    REACHED,
    TUNED,
    HEARD,
    CLAIMED,
    DOUBTED,
) = range(13)
"""Kinds of events in the order in which they happen at one instant; arrivals come after them."""


class Agenda:
    """A heap of events; those of one instant and kind in the order in which they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, int, Any]] = []
        self._turn = 0

    def add(self, at_s: float, kind: int, what: Any) -> None:
        """An event to come, and what it concerns."""
        self._turn += 1
        heappush(self._heap, (at_s, kind, self._turn, what))

    def next_s(self) -> float:
        """When the first happens; infinite: never."""
        return self._heap[0][0] if self._heap else inf

    def take(self) -> tuple[int, Any]:
        """The first event."""
        _, kind, _, what = heappop(self._heap)
        return kind, what
