"""Wakes the core when it asked to be woken."""

import asyncio
from collections.abc import Callable
from typing import Final

_LEAST_S: Final = 0.0005
_SOON_S: Final = 0.002
_LONGEST_S: Final = 1.0
"""Time that nobody asked for still goes on: silence is counted in steps of at most this."""


class Alarm:
    """One timer of the running event loop. Ringing early does no harm, so it is seldom moved."""

    def __init__(self, now_s: Callable[[], float], ring: Callable[[], None]) -> None:
        self._now_s = now_s
        self._ring = ring
        self._handle: asyncio.TimerHandle | None = None
        self._due_s = 0.0

    def set(self, at_s: float | None) -> None:
        """Ring at ``at_s`` of the clock at the latest, and within a second in any case."""
        now_s = self._now_s()
        wanted_s = now_s + _LONGEST_S if at_s is None else min(at_s, now_s + _LONGEST_S)
        if self._handle is not None and self._due_s <= wanted_s:
            return
        self.stop()
        self._due_s = max(wanted_s, now_s + _LEAST_S)
        loop = asyncio.get_running_loop()
        self._handle = loop.call_later(self._due_s - now_s, self._fire)

    @property
    def soon(self) -> bool:
        """It rings within a millisecond or two anyway: asking for when can wait until then."""
        return self._handle is not None and self._due_s <= self._now_s() + _SOON_S

    def stop(self) -> None:
        """Ring no more."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._ring()
