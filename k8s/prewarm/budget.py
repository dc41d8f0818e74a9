"""Keeps what a loop computes to a share of a core, without delaying what comes seldom."""

from typing import Final

SHARE: Final = 0.08
"""Of a core, over some seconds."""
SAVED_S: Final = 0.25
"""Processor time that may be saved up for a burst of news."""


class Budget:
    """Processor time in seconds: grows with the time that goes by, and is spent by steps."""

    def __init__(self, share: float = SHARE, saved_s: float = SAVED_S) -> None:
        self._share = share
        self._saved_s = saved_s
        self._credit_s = saved_s
        self._at_s: float | None = None

    def spent(self, cpu_s: float, now_s: float) -> float:
        """A step took so much of the processor; how long to wait before the next."""
        if self._at_s is not None:
            earned_s = (now_s - self._at_s) * self._share
            self._credit_s = min(self._saved_s, self._credit_s + earned_s)
        self._at_s = now_s
        self._credit_s -= cpu_s
        return max(0.0, -self._credit_s / self._share)
