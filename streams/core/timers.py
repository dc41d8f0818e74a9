"""What must happen at a time: leases, retries and expiries in one heap."""

from collections.abc import Iterator
from enum import Enum
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from streams.core.life import Life

_SLACK = 1024


class Alarm(Enum):
    """Why a timer was set."""

    LEASE = "lease"
    RETRY = "retry"
    EXPIRY = "expiry"
    DOOM = "doom"
    """Its deadline may be out of reach, and it is one that would rather be told."""


class Timer(NamedTuple):
    """Sorts by time, then by age."""

    at_s: float
    age: int
    alarm: Alarm
    life: Life
    attempt: int


class Timers:
    """Timers of concluded lives are dropped when they outnumber the others."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._ages = count()
        self._limit = _SLACK

    def __len__(self) -> int:
        return len(self._heap)

    def set(self, at_s: float, alarm: Alarm, life: Life, attempt: int = 0) -> None:
        """Set a timer; O(log n), amortised."""
        if len(self._heap) >= self._limit:
            self._heap = [timer for timer in self._heap if timer.life.open]
            heapify(self._heap)
            self._limit = 2 * len(self._heap) + _SLACK
        heappush(self._heap, Timer(at_s, next(self._ages), alarm, life, attempt))

    def due(self, now_s: float) -> Iterator[Timer]:
        """Take out the timers whose time has come, without those of concluded lives."""
        while self._heap and self._heap[0].at_s <= now_s:
            timer = heappop(self._heap)
            if timer.life.open:
                yield timer

    def next_s(self) -> float | None:
        """The time of the first timer of an open life."""
        while self._heap and not self._heap[0].life.open:
            heappop(self._heap)
        return self._heap[0].at_s if self._heap else None
