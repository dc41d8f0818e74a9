"""What the demo reads while it runs: outcomes (read_committed) and what instances hold."""

import threading
import time
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeVar

import msgspec
from kafka.errors import KafkaError

from functions.cloudevents import from_kafka
from functions.errors import MalformedEventError
from functions.schema import Capacity
from streams.client.broker import open_consumer
from streams.errors import BrokerError
from streams.schema import Outcome

_POLL_MS: Final = 100
_RETRY_S: Final = 0.5
_T = TypeVar("_T")


class Watch:
    """A thread that reads two topics from the ends they had when it was made."""

    def __init__(self, bootstrap: str, outcomes: str, capacity: str) -> None:
        """Connect.

        Raises:
            BrokerError: the broker is away or a topic is missing.
        """
        self.outcomes: list[Outcome] = []
        """All that came, repeated ones too."""
        self.held: dict[str, Capacity] = {}
        """The last word of each instance."""
        self._topic = outcomes
        self._consumer, ends = open_consumer(bootstrap, [outcomes, capacity], 10.0)
        for place, offset in ends.items():
            self._consumer.seek(place, offset)
        self._places = [place for place in ends if place.topic == outcomes]
        self._stopping = threading.Event()
        self._asked = threading.Event()
        self._read_all = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-watch", daemon=True)
        self._thread.start()

    def read_to_the_end(self, within_s: float) -> None:
        """Wait until everything that is committed now was read.

        Raises:
            BrokerError: it did not come in time.
        """
        self._read_all.clear()
        self._asked.set()
        if not self._read_all.wait(within_s):
            raise BrokerError(f"topic {self._topic}: its end was not reached in {within_s:g} s")

    def close(self) -> None:
        """Stop reading."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._step()
            except KafkaError:
                time.sleep(_RETRY_S)  # the stack restarts its broker; the bound is elsewhere
        self._consumer.close(autocommit=False)

    def _step(self) -> None:
        for records in self._consumer.poll(timeout_ms=_POLL_MS).values():
            for record in records:
                self._take(record)
        if self._asked.is_set():
            ends = self._consumer.end_offsets(self._places, timeout_ms=3000)
            if all(self._consumer.position(place) >= end for place, end in ends.items()):
                self._asked.clear()
                self._read_all.set()

    def _take(self, record: Any) -> None:
        if record.topic == self._topic:
            outcome = _decoded(record, Outcome)
            if outcome is not None:
                self.outcomes.append(outcome)
        elif (capacity := _decoded(record, Capacity)) is not None:
            self.held[capacity.instance] = capacity


def concluded(outcomes: Iterable[Outcome], wanted: AbstractSet[str]) -> int:
    """How many of the wanted requests have an outcome."""
    return len({outcome.request_id for outcome in outcomes} & wanted)


def _decoded(record: Any, kind: type[_T]) -> _T | None:
    try:
        event = from_kafka(record.headers or (), record.value or b"")
        return msgspec.json.decode(event.data, type=kind)
    except (MalformedEventError, msgspec.DecodeError, UnicodeDecodeError):
        return None
