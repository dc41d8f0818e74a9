"""The last records of topics, read once and within a bounded time."""

import time
from collections.abc import Mapping
from typing import Final

from kafka import TopicPartition
from kafka.errors import KafkaError

from streams.client.broker import failure, open_consumer
from streams.consumed import consumed
from streams.ports import Record

_POLL_MS: Final = 200


class Tail:
    """Reads the ends of the same topics again and again. Used by one thread."""

    def __init__(self, bootstrap: str, counts: Mapping[str, int], connect_s: float = 10.0) -> None:
        """``counts``: topic to how many of the last offsets of each partition are read.

        Raises:
            BrokerError: the broker is away or a topic is missing.
        """
        self._bootstrap = bootstrap
        self._counts = counts
        self._consumer, self._ends = open_consumer(bootstrap, list(counts), connect_s)

    def read(self, within_s: float = 3.0) -> list[Record]:
        """What lies there now, by partition in order; less if it does not come in time.

        Raises:
            BrokerError: the broker is away.
        """
        try:
            return self._read(time.monotonic() + within_s, int(within_s * 1000))
        except KafkaError as error:
            raise failure(self._bootstrap, error) from None

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close(autocommit=False)

    def _read(self, until_s: float, timeout_ms: int) -> list[Record]:
        consumer, partitions = self._consumer, list(self._ends)
        ends = consumer.end_offsets(partitions, timeout_ms=timeout_ms)
        first = consumer.beginning_offsets(partitions, timeout_ms=timeout_ms)
        for place in partitions:
            consumer.seek(place, max(first[place], ends[place] - self._counts[place.topic]))
        found: list[Record] = []
        while time.monotonic() < until_s and self._is_behind(ends):
            for records in consumer.poll(timeout_ms=_POLL_MS).values():
                found += [consumed(record) for record in records]
        return found

    def _is_behind(self, ends: Mapping[TopicPartition, int]) -> bool:
        return any(self._consumer.position(place) < end for place, end in ends.items())
