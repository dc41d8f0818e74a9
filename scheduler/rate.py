"""The rate of arrivals now: steady where it is steady, quick where a burst begins."""

from math import exp, sqrt
from typing import Final

LATELY_S: Final = 3.0
"""Over about so many seconds the rate is taken, ..."""
QUICK_S: Final = 1.0
"""... and over so many, less its standard error, where that is more."""


class _Decaying:
    """An exponentially weighted rate: each arrival counts one over ``span_s``, and fades."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._rate = 0.0
        self._at_s = 0.0

    def add(self, at_s: float, count: int) -> None:
        self._rate = self.now(at_s) + count / self._span_s
        self._at_s = max(at_s, self._at_s)

    def now(self, at_s: float) -> float:
        return self._rate * exp(-max(0.0, at_s - self._at_s) / self._span_s)


class Rate:
    """Arrivals per second."""

    def __init__(self) -> None:
        self._lately = _Decaying(LATELY_S)
        self._quick = _Decaying(QUICK_S)

    def arrived(self, at_s: float, count: int = 1) -> None:
        """So many arrived."""
        self._lately.add(at_s, count)
        self._quick.add(at_s, count)

    def per_s(self, now_s: float) -> float:
        """The rate now; for a burst no more than is sure of it by now."""
        quick = self._quick.now(now_s)
        return max(self._lately.now(now_s), quick - sqrt(quick / (2 * QUICK_S)))
