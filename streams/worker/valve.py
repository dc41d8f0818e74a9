"""Stops taking requests of topics that must wait; what functions report goes on."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

_UNDER_WAY: Final = 2
"""Fetches that may hold records of a partition that is paused now: one in use, one on its way."""


class Consumer(Protocol):
    """The part of Faust's consumer that is used; a place is (topic, partition)."""

    def assignment(self) -> set[Any]:
        """The places that are ours."""

    def pause_partitions(self, places: Iterable[Any]) -> None:
        """Fetch no more of these; what is fetched already is dropped."""

    def resume_partitions(self, places: Iterable[Any]) -> None:
        """Fetch these again, from where reading stands."""

    async def seek_wait(self, partitions: Mapping[Any, int]) -> None:
        """Read on from there; unlike ``seek`` it goes through the consumer's thread."""


class Valve:
    """Where it resumes it goes back to the first record that was not taken.

    Faust drops what it had fetched of a partition when that is paused, and takes the hole for a gap
    that it commits over if it sees later records of it. So a partition is paused only when it is
    known where to go on, and resumed only when the fetches under way at the pause are used up.
    Places are handed back as they came: Faust takes its own kind only.
    """

    def __init__(self, topics: Iterable[str]) -> None:
        """``topics``: those that may be paused."""
        self._topics = frozenset(topics)
        self._next: dict[Any, int] = {}
        self._paused: set[Any] = set()
        self._safe_from = 0
        self._deals = 0

    @property
    def paused(self) -> bool:
        """Whether some place is paused."""
        return bool(self._paused)

    def took(self, place: Any, offset: int) -> None:
        """A record was taken."""
        if place[0] in self._topics:
            self._next[place] = offset + 1

    def forget(self) -> None:
        """The group deals anew: everything is fetched again from what was committed.

        To be called when partitions are taken away and when they are given: what was known between
        the two would lead past records that nobody has taken.
        """
        self._deals += 1
        self._next.clear()
        self._paused.clear()

    def close(self, topics: frozenset[str], fetches: int, consumer: Consumer) -> None:
        """Pause what may be paused of these; called after every record.

        ``fetches``: how many fetches were begun to be used up.
        """
        if not topics:
            return
        mine = consumer.assignment()
        known = (place for place in self._next if place[0] in topics)
        fresh = {place for place in known if place in mine and place not in self._paused}
        if fresh:
            consumer.pause_partitions(fresh)
            self._paused |= fresh
            self._safe_from = fetches + _UNDER_WAY

    async def open(self, kept: frozenset[str], fetches: int, consumer: Consumer) -> None:
        """Go on with all but the ``kept`` topics; called again and again."""
        places = {place for place in self._paused if place[0] not in kept}
        if not places or fetches < self._safe_from:
            return
        self._paused -= places
        places &= consumer.assignment()
        deals = self._deals
        await consumer.seek_wait({place: self._next[place] for place in places})
        if deals == self._deals:  # else they are fetched as they were dealt
            consumer.resume_partitions(places)
