"""Sends each request at its time, and writes down how far behind it was."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final

import numpy as np

from streams.replay.run import Sending
from streams.replay.schema import Entry

PIECE_S: Final = 0.1
_LEAST_S: Final = 0.0005
"""Shorter waits cost more than they wait."""


class Rest:
    """Sleeps in short pieces, so that a stop is heard and the stack is looked after."""

    def __init__(self, stop: asyncio.Event, tick: Callable[[], None]) -> None:
        self._stop = stop
        self._tick = tick
        self._ticked_s = 0.0

    async def __call__(self, seconds: float) -> bool:
        """Whether to give up."""
        until_s = time.monotonic() + seconds
        while True:
            now_s = time.monotonic()
            if now_s - self._ticked_s >= PIECE_S:
                self._tick()
                self._ticked_s = now_s
            await asyncio.sleep(max(0.0, min(until_s - time.monotonic(), PIECE_S)))
            if self._stop.is_set() or time.monotonic() >= until_s:
                return self._stop.is_set()


class Pace:
    """The times of a recording at a speed; None: as fast as it goes."""

    def __init__(
        self,
        speed: float | None,
        now: Callable[[], float],
        rest: Callable[[float], Awaitable[bool]],
    ) -> None:
        self._speed = speed
        self._now = now
        self._rest = rest
        self._behind_s: list[float] = []
        self._begun_s: float | None = None
        self._last_s = 0.0

    async def due(self, entries: Iterable[Entry]) -> AsyncIterator[Entry]:
        """Each entry when it is to be sent; being late for one moves no other.

        ``rest`` waits so many seconds and says whether to give up.
        """
        for entry in entries:
            if self._begun_s is None:
                self._begun_s = self._now()
            due_s = self._begun_s + (entry.at_s / self._speed if self._speed else 0.0)
            left_s = due_s - self._now()
            if await self._rest(left_s if left_s > _LEAST_S else 0.0):
                return
            self._last_s = self._now()
            self._behind_s.append(max(0.0, self._last_s - due_s) if self._speed else 0.0)
            yield entry

    def kept(self) -> Sending:
        """How true the times were."""
        behind = np.array(self._behind_s or [0.0])
        p50_s, p99_s = np.percentile(behind, (50, 99))
        return Sending(
            speed=self._speed,
            took_s=round(self._last_s - (self._begun_s or 0.0), 6),
            behind_p50_s=round(float(p50_s), 6),
            behind_p99_s=round(float(p99_s), 6),
            behind_max_s=round(float(behind.max()), 6),
        )
