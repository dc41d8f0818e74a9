"""Sends each request at its time, and writes down how far behind it was."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final

import numpy as np

from streams.replay.run import Sending
from streams.replay.schema import Entry

_LEAST_S: Final = 0.0005
"""Shorter waits cost more than they wait."""


class Pace:
    """The times of a recording at a speed; None: as fast as it goes."""

    def __init__(
        self,
        speed: float | None,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._speed = speed
        self._now = now
        self._sleep = sleep
        self._behind_s: list[float] = []
        self._begun_s: float | None = None
        self._last_s = 0.0

    async def due(self, entries: Iterable[Entry]) -> AsyncIterator[Entry]:
        """Each entry when it is to be sent; being late for one moves no other."""
        for entry in entries:
            if self._begun_s is None:
                self._begun_s = self._now()
            due_s = self._begun_s + (entry.at_s / self._speed if self._speed else 0.0)
            left_s = due_s - self._now()
            await self._sleep(left_s if left_s > _LEAST_S else 0)
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
