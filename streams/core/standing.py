"""Whether this worker is alone, one of several, or not known to the others yet.

Each worker writes beats to the log that all of them read. Times are seconds of this process's own
clock, which does not stop while the process does; clocks of machines are never compared. The
reasons why no two workers are alone at a time are in docs/decisions/0013.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from math import inf
from typing import Final

from streams.schema import News

_BEATS: Final = 6
"""So many in the time after which a worker that hears none of its own may not place."""
_KEPT: Final = 64
_WEIGHT: Final = 0.2
_FIRST_TRIP_S: Final = 0.01


class Mode(Enum):
    """How this worker may place."""

    NONE = "none"
    """Not at all: the others, if there are any, may not know of it."""
    ALONE = "alone"
    """At once."""
    MEMBER = "member"
    """What it has claimed and been granted."""


class _Other:
    """Another worker as this one knows it."""

    def __init__(self, *, awaited: bool) -> None:
        self.read_s = -inf
        """When its latest beat was read."""
        self.awaited = awaited
        """It was there before us and has not told us yet what it holds."""


class Standing:
    """The log of beats as read so far."""

    def __init__(
        self,
        name: str,
        lease_s: float,
        clock_s: Callable[[], float],
        gone: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """``name``: unlike any other's; ``lease_s``: how long a beat of our own counts.

        ``gone``: whether a worker is known to be dead.
        """
        self._gone = gone
        self.apart = False
        """There is no log to read: places at once, whoever else does."""
        self._base = name
        self._turn = 0
        self._lease_s = lease_s
        self._clock_s = clock_s
        self._others: dict[str, _Other] = {}
        self._sent: dict[int, float] = {}
        self._number = 0
        self._joined_s = inf
        self._fresh_s = -inf
        self._next_s = -inf
        self._left = False
        self.trip_s = _FIRST_TRIP_S
        """How long a record takes until it is read by its own writer, on average."""

    @property
    def name(self) -> str:
        """This worker's; another one after each time in which the others may have forgotten it."""
        return f"{self._base}/{self._turn}"

    @property
    def others(self) -> Iterable[str]:
        """Those that live, as far as is known."""
        return self._others.keys()

    @property
    def mode(self) -> Mode:
        """How this worker may place now."""
        if self.apart:
            return Mode.ALONE
        if self._left:
            return Mode.NONE
        now_s = self._clock_s()
        if now_s > self._fresh_s + self._lease_s or now_s < self._joined_s + self._lease_s:
            return Mode.NONE
        if not self._others:
            return Mode.ALONE
        awaited = any(other.awaited for other in self._others.values())
        return Mode.NONE if awaited else Mode.MEMBER

    def deserts(self, news: News) -> bool:
        """Whether who was alone is no more; of use only to one that joins."""
        joins = self._joined_s == inf
        return joins and news.alone and (news.leaves or self._gone(news.worker))

    @property
    def cut_off(self) -> bool:
        """Whether what this worker writes is not read by itself any more."""
        return self._fresh_s > -inf and self._clock_s() > self._fresh_s + self._lease_s

    def due(self) -> bool:
        """Whether a beat is to be written."""
        return not self.apart and not self._left and self._clock_s() >= self._next_s

    def beat(self) -> int:
        """The number of a beat that is written now."""
        now_s = self._clock_s()
        self._number += 1
        self._sent[self._number] = now_s
        self._sent.pop(self._number - _KEPT, None)
        self._next_s = now_s + self._lease_s / _BEATS
        return self._number

    def own(self, number: int, *, nobody: bool = False) -> bool:
        """An own beat is read; False: it comes so late that the others may have forgotten us.

        ``nobody``: there was no other worker when it was appended, so that none need be waited for.
        """
        now_s, sent_s = self._clock_s(), self._sent.pop(number, None)
        if sent_s is None:
            return True
        if self._joined_s == inf:
            self._joined_s = now_s - self._lease_s if nobody else now_s
        elif now_s > self._fresh_s + self._lease_s:
            self.begin_anew()
            return False
        self._fresh_s = sent_s
        self.trip_s += _WEIGHT * (min(now_s - sent_s, 1.0) - self.trip_s)
        return True

    def leave(self) -> bool:
        """Place and beat no more; whether to say so: nobody else was there."""
        alone = not self.apart and self.mode is Mode.ALONE
        self._left = True
        return alone

    def gone(self) -> list[str]:
        """Forget the others that had no beat for so long that they may not place any more."""
        silent_s = self._fresh_s - 2 * self._lease_s
        gone = [name for name, other in self._others.items() if other.read_s <= silent_s]
        for name in gone:
            del self._others[name]
        return gone

    def other(self, name: str, knows: Iterable[str]) -> bool:
        """Another's beat is read, with those to whom it has told what it holds; True: it is new."""
        if self.is_own(name):
            return False
        now_s, new = self._clock_s(), name not in self._others
        if new:
            awaited = not now_s >= self._joined_s + self._lease_s
            self._others[name] = _Other(awaited=awaited)
        other = self._others[name]
        other.read_s = now_s
        other.awaited = other.awaited and self.name not in knows
        return new

    def is_own(self, name: str) -> bool:
        """Whether it is this process's name now or was before."""
        return name.rpartition("/")[0] == self._base

    def begin_anew(self) -> None:
        """Join as if this process had just started."""
        self._turn += 1
        self._others.clear()
        self._sent.clear()
        self._joined_s, self._fresh_s, self._next_s = inf, -inf, -inf
