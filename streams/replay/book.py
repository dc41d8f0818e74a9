"""What was sent, what it waits for, and how it ended. Pure."""

import msgspec

from functions.cloudevents import from_kafka
from functions.errors import MalformedEventError
from streams.ports import Record
from streams.replay.described import ended
from streams.replay.run import Repeats, Row, row
from streams.replay.schema import Ended, Entry
from streams.schema import Outcome

At = tuple[str, int, int]
"""Topic, partition and offset of a request."""


class Book:
    """Joins requests with outcomes by the place where the broker appended them."""

    def __init__(self, speed: float | None) -> None:
        self._speed = speed or float("inf")
        self._bare: list[Row] = []
        self._places: dict[At, int] = {}
        self._seen: dict[At, Ended] = {}
        self._repeats = Repeats()
        self._repeated: set[int] = set()
        self._open: set[int] = set()
        self.failed: list[str] = []
        """Why requests could not be sent."""

    def sent(self, entry: Entry) -> int:
        """A request leaves; its number."""
        bare = row(entry, None, speed=self._speed)
        self._bare.append(bare)
        number = len(self._bare) - 1
        self._open.add(number)
        return number

    def appended(self, number: int, entry: Entry, at: At) -> None:
        """The broker has it."""
        self._places[at] = number
        if self._repeats(entry, at[1]):
            self._repeated.add(number)
            self._open.discard(number)
        elif at in self._seen:
            self._open.discard(number)

    def refused(self, number: int, why: str) -> None:
        """The broker does not take it."""
        self._open.discard(number)
        self.failed.append(why)

    def read(self, record: Record) -> None:
        """A record of a topic of outcomes."""
        try:
            event = from_kafka(record.headers, record.value)
            outcome = msgspec.json.decode(event.data, type=Outcome)
        except (MalformedEventError, msgspec.DecodeError, UnicodeDecodeError):
            return
        at = (outcome.request_topic, outcome.request_partition, outcome.request_offset)
        self._seen.setdefault(at, ended(outcome))
        if at in self._places:
            self._open.discard(self._places[at])

    @property
    def waiting(self) -> int:
        """Requests that are due an outcome."""
        return len(self._open)

    def rows(self) -> tuple[Row, ...]:
        """All, in the order in which they were sent."""
        by_number = {number: self._seen.get(at) for at, number in self._places.items()}
        return tuple(self._finished(by_number.get(n), n) for n in range(len(self._bare)))

    def _finished(self, seen: Ended | None, number: int) -> Row:
        again = number in self._repeated
        return msgspec.structs.replace(self._bare[number], ended=seen, repeat=again)
