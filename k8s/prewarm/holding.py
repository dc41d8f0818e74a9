"""Hysteresis: more at once, less only when less was enough for a while."""

from collections import deque
from typing import Final

WORKED_OFF_S: Final = 10.0
"""What was only for a queue is held no longer than this after it is worked off."""


class Hold:
    """The largest wish of the last ``release_after_s`` seconds."""

    def __init__(self, release_after_s: float) -> None:
        self._release_after_s = release_after_s
        self._wishes: deque[tuple[float, int]] = deque()

    def held(self, wish: int, now_s: float) -> int:
        """What to have now that ``wish`` is wished for."""
        while self._wishes and self._wishes[-1][1] <= wish:
            self._wishes.pop()
        self._wishes.append((now_s, wish))
        while self._wishes[0][0] < now_s - self._release_after_s:
            self._wishes.popleft()
        return self._wishes[0][1]


class Holds:
    """Of one pool: what lasts is held long, what was for a queue is not."""

    def __init__(self, release_after_s: float) -> None:
        self._lasting = Hold(release_after_s)
        self._all = Hold(min(release_after_s, WORKED_OFF_S))

    def held(self, wish: int, lasting: int, now_s: float) -> int:
        """What to have now."""
        return max(self._lasting.held(lasting, now_s), self._all.held(wish, now_s))
