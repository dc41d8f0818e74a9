"""How many requests are to come: the present rate, and bursts that come back at regular times."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduler.rate import Rate

KEPT: Final = 600
"""So many bins are remembered."""
_LOOK_EVERY: Final = 5
"""A rhythm is looked for anew after so many bins."""
_SHORTEST: Final = 6
"""No rhythm of fewer bins is looked for."""
_TIMES: Final = 1.4
"""The past must be so many times as long as the longest lag that is looked at."""
_SURE: Final = 0.6
"""The least autocorrelation of a rhythm: 1 is a perfect one."""
_AGAIN: Final = 0.5
"""The least autocorrelation at twice the rhythm."""
_ABOUT: Final = 0.85
"""What is so good, against the best, is about as good."""
_BACK: Final = 4
"""The next burst is expected to be as the mean of so many before."""

Counts = NDArray[np.float64]


class Forecast:
    """Arrivals of one model, counted in bins of ``bin_s`` seconds."""

    def __init__(self, bin_s: float = 1.0) -> None:
        self._bin_s = bin_s
        self._counts: Counts = np.zeros(KEPT)
        self._seen = 0
        self._bin: int | None = None
        self._rate = Rate()
        self._rhythm: int | None = None
        self._looked = 0

    def arrived(self, at_s: float, count: int = 1) -> None:
        """So many arrived; times never go back by more than a bin."""
        self._go_to(at_s)
        self._counts[-1] += count
        self._rate.arrived(at_s, count)

    def rate(self, now_s: float) -> float:
        """Requests per second lately; a burst that has just begun counts at once."""
        return self._rate.per_s(now_s)

    def period_s(self, now_s: float) -> float | None:
        """How far bursts lie apart, if they come back regularly."""
        self._go_to(now_s)
        if self._seen - self._looked >= _LOOK_EVERY:
            self._looked = self._seen
            self._rhythm = _rhythm(self._counts[-1 - self._seen : -1])
        return None if self._rhythm is None else self._rhythm * self._bin_s

    def coming(self, now_s: float, within_s: Sequence[float]) -> list[float]:
        """Expected arrivals within so many seconds from now, for each of ``within_s``."""
        rate = self.rate(now_s)
        if self.period_s(now_s) is None:
            return [rate * span_s for span_s in within_s]
        ahead = int(np.ceil(max(within_s) / self._bin_s)) + 1
        bins = np.maximum(self._next(ahead), 0.0)
        bins[0] = max(bins[0], rate * self._bin_s)
        total = np.concatenate(([0.0], np.cumsum(bins)))
        at = np.arange(len(total)) * self._bin_s
        return [float(x) for x in np.interp(within_s, at, total)]

    def _next(self, ahead: int) -> Counts:
        """What the next bins hold if the rhythm goes on; a bin early or late counts in full."""
        rhythm = self._rhythm or 1
        past = _spread(self._counts[:-1])
        back = [k * rhythm for k in range(1, _BACK + 1) if k * rhythm + 1 <= self._seen]
        index = np.arange(ahead) % rhythm
        rows = [past[len(past) - lag + index] for lag in back]
        return np.asarray(np.mean(rows, axis=0), np.float64)

    def _go_to(self, at_s: float) -> None:
        """Close bins that are over."""
        number = int(at_s // self._bin_s)
        if self._bin is None:
            self._bin = number
        steps = number - self._bin
        if steps <= 0:
            return
        moved = min(steps, KEPT)
        self._counts = np.concatenate((self._counts[moved:], np.zeros(moved)))
        self._seen = min(KEPT - 1, self._seen + steps)
        self._looked = max(0, self._looked - (steps if self._seen == KEPT - 1 else 0))
        self._bin = number


def _spread(counts: Counts) -> Counts:
    """Each bin, or the larger of its neighbours."""
    out = counts.copy()
    out[:-1] = np.maximum(out[:-1], counts[1:])
    out[1:] = np.maximum(out[1:], counts[:-1])
    return out


def _rhythm(counts: Counts) -> int | None:
    """The lag at which the past is most like itself, if it is like itself enough."""
    longest = int(len(counts) / _TIMES)
    if longest <= _SHORTEST:
        return None
    smooth = np.convolve(counts, np.ones(3) / 3, mode="same")
    centred = smooth - smooth.mean()
    power = float(centred @ centred)
    if power <= 0:
        return None
    size = 1 << (2 * len(centred) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    likeness = np.fft.irfft(spectrum * np.conj(spectrum), size)[: longest + 1] / power
    likeness *= len(centred) / (len(centred) - np.arange(longest + 1))
    return _lag(likeness)


def _lag(likeness: Counts) -> int | None:
    """The shortest lag that is about as good as the best, if twice the lag is good as well.

    Being alike by being near ends where the likeness is first below nought.
    """
    below = np.flatnonzero(likeness < 0)
    if not below.size:
        return None
    far = likeness.copy()
    far[: max(int(below[0]), _SHORTEST)] = 0.0
    good = np.flatnonzero(far >= max(_SURE, _ABOUT * float(far.max())))
    if not good.size:
        return None
    near = far[int(good[0]) : int(good[0]) + 3]
    lag = int(good[0]) + int(np.argmax(near))
    twice = far[2 * lag - 2 : 2 * lag + 3]
    return lag if twice.size and float(twice.max()) >= _AGAIN else None
