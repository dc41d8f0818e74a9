"""Records of several partitions in order of append, holding as little as that needs. Pure."""

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import Final, NamedTuple

from streams.ports import Record

_MOST_BYTES: Final = 16 * 1024 * 1024
_MOST: Final = 2000


class Place(NamedTuple):
    """One partition."""

    topic: str
    partition: int


class Merge:
    """A record is given when no partition can bring an earlier one; ties go by place."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._held: dict[Place, deque[Record]] = {place: deque() for place in places}
        self._bytes = dict.fromkeys(self._held, 0)
        self._heads: list[tuple[float, Place]] = []
        self._silent = set(self._held)
        """Partitions that may bring more and have nothing here."""
        self._closed: set[Place] = set()

    def add(self, record: Record) -> None:
        """The next record of its partition."""
        place = Place(record.topic, record.partition)
        held = self._held[place]
        held.append(record)
        self._bytes[place] += len(record.value)
        if len(held) == 1:
            self._silent.discard(place)
            heappush(self._heads, (record.append_s, place))

    def close(self, place: Place) -> None:
        """The partition brings no more."""
        self._closed.add(place)
        self._silent.discard(place)

    def full(self) -> set[Place]:
        """The partitions that need not be read on for now."""
        return {
            place
            for place, held in self._held.items()
            if len(held) > _MOST or self._bytes[place] > _MOST_BYTES
        }

    def ready(self) -> Iterator[Record]:
        """What can be given now, in order."""
        while self._heads and not self._silent:
            _, place = heappop(self._heads)
            held = self._held[place]
            record = held.popleft()
            self._bytes[place] -= len(record.value)
            if held:
                heappush(self._heads, (held[0].append_s, place))
            elif place not in self._closed:
                self._silent.add(place)
            yield record
