"""The broker's clock as one worker knows it."""

import time
from collections.abc import Callable
from typing import Final

from functions.reporting.clock import BrokerClock

_LEARN_EVERY_S: Final = 0.1


class WorkerClock:
    """POSIX seconds on the broker's clock; never runs backwards.

    Learnt from the append times of own records. Before the first of them every record that is read
    gives a bound: it was appended before it was read.
    """

    def __init__(self, local: Callable[[], float] = time.time) -> None:
        self.local_s = local
        self._clock = BrokerClock()
        self._bound_s: float | None = None
        self._learnt_s = float("-inf")
        self._latest_s = float("-inf")

    def now_s(self) -> float:
        """The broker's time now, as far as it is known."""
        offset_s = self._clock.offset_s if self._clock.known else self._bound_s or 0.0
        self._latest_s = max(self._latest_s, self.local_s() + offset_s)
        return self._latest_s

    def heard(self, append_s: float) -> None:
        """A record with this append time was read now."""
        if self._clock.known:
            return
        least_s = append_s - self.local_s()
        if self._bound_s is None or least_s > self._bound_s:
            self._bound_s = least_s

    def sent(self, sent_s: float, append_s: float) -> None:
        """An own record, sent at ``sent_s`` of `local_s`, was acknowledged now."""
        now_s = self.local_s()
        if now_s - self._learnt_s >= _LEARN_EVERY_S and append_s > 0:
            self._learnt_s = now_s
            self._clock.learn(sent_s, now_s, append_s)
