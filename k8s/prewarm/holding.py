"""Hysteresis: more at once, less only when less was enough for a while."""

from collections import deque


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
