"""For how long nothing could be heard: while this process was paused, or the broker away."""

from typing import Final

_LONGEST_STEP_S: Final = 1.0
"""More than this between two looks is our own pause."""
_QUIET_S: Final = 0.7
"""Without a sign of life from the broker for so long, it is away."""
_SETTLE_S: Final = 1.0
"""When the broker is back, functions need so long until what they had to tell is told."""


class Contact:
    """Adds up the time in which no answer could have been read.

    A lease promises an answer within a time, and holds only while one could be heard: else all that
    runs would be placed again after every short absence.
    """

    def __init__(self) -> None:
        self._lost_s = 0.0
        self._now_s: float | None = None
        self._heard_s: float | None = None

    def observe(self, now_s: float) -> None:
        """Time goes on."""
        step_s = now_s - self._now_s if self._now_s is not None else 0.0
        if step_s > _LONGEST_STEP_S:
            self._lost_s += step_s
            if self._heard_s is not None:
                self._heard_s += step_s
        self._now_s = now_s if self._now_s is None else max(self._now_s, now_s)

    def read(self, now_s: float) -> None:
        """A record was read: a sign of life like any, where signs are expected at all."""
        if self._heard_s is not None:
            self.heard(now_s)

    def heard(self, now_s: float) -> None:
        """The broker answered, which it is asked to often, from now on."""
        self.observe(now_s)
        if (quiet_s := self._quiet_s(now_s)) > 0:
            self._lost_s += quiet_s + _SETTLE_S
        self._heard_s = now_s

    def lost_s(self, now_s: float) -> float:
        """Seconds lost since the beginning; grows only while contact is lost."""
        return self._lost_s + self._quiet_s(now_s)

    def _quiet_s(self, now_s: float) -> float:
        quiet_s = now_s - self._heard_s if self._heard_s is not None else 0.0
        return quiet_s if quiet_s > _QUIET_S else 0.0
