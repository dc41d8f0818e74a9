"""Notices that this process did not run for a while: stopped, suspended, or starved."""

import time
from collections.abc import Callable
from typing import Final


def steady_s() -> float:
    """Seconds that also go on while the machine is suspended, where the system tells."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


_CALM_S: Final = 60.0


class Awake:
    """Asked at every step of a loop that never rests for ``longest_s`` by itself.

    Twice as long is needed each time that it happens again within a minute: on a machine that is
    too busy, taking over anew must not become all that is done.
    """

    def __init__(self, longest_s: float, now_s: Callable[[], float] = steady_s) -> None:
        self._longest_s = self._limit_s = longest_s
        self._now_s = now_s
        self._step_s = self._slept_s = now_s()

    def slept_s(self) -> float:
        """How long nothing ran before this step; 0: all is well."""
        before_s, self._step_s = self._step_s, self._now_s()
        gap_s = self._step_s - before_s
        if self._step_s - self._slept_s > _CALM_S + gap_s:
            self._limit_s = self._longest_s
        if gap_s <= self._limit_s:
            return 0.0
        self._limit_s, self._slept_s = 2 * self._limit_s, self._step_s
        return gap_s
