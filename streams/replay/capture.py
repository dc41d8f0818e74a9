"""Reads a part of topics from Kafka, in order of append."""

import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from functions.kafka_access import kafka_at
from streams.client.address import check, unreachable
from streams.consumed import consumed
from streams.errors import BrokerError
from streams.ports import Record
from streams.replay.merge import Merge, Place
from streams.topics import HOW_TO_CREATE
from streams.worker import lenient
from streams.worker.admin import present_topics
from streams.worker.closing import close

_CONNECT_S: Final = 10.0
_STALLED_S: Final = 15.0
_POLL_MS: Final = 200
_MOST_RECORDS: Final = 5000

Offsets = Mapping[Place, int]


@asynccontextmanager
async def reader(bootstrap: str, topics: Sequence[str]) -> AsyncIterator["Reader"]:
    """A reader of committed records of all partitions of ``topics``.

    Raises:
        StreamsError: ``bootstrap`` is no address.
        BrokerError: the broker is away or a topic is missing.
    """
    counts = await partitions(bootstrap, topics)
    places = [Place(topic, number) for topic in topics for number in range(counts[topic])]
    lenient.install()
    consumer = AIOKafkaConsumer(
        **kafka_at(bootstrap), isolation_level="read_committed", enable_auto_commit=False,
        max_partition_fetch_bytes=4 * 1024 * 1024, fetch_max_wait_ms=100,
    )  # fmt: skip
    try:
        await consumer.start()
        yield Reader(consumer, places, bootstrap)
    except KafkaError as error:
        raise unreachable(bootstrap, str(error) or type(error).__name__) from None
    finally:
        await close(consumer)


class Reader:
    """Offsets of moments, and the records between two of them."""

    def __init__(self, consumer: Any, places: Sequence[Place], bootstrap: str) -> None:
        self._consumer = consumer
        self._bootstrap = bootstrap
        self.places = tuple(places)
        self._consumer.assign([TopicPartition(*place) for place in places])

    @property
    def counts(self) -> Mapping[str, int]:
        """Topic to its partitions."""
        return Counter(place.topic for place in self.places)

    async def first(self) -> Offsets:
        """The oldest records that are there."""
        return _plain(await self._consumer.beginning_offsets(self._partitions(self.places)))

    async def end(self) -> Offsets:
        """Behind the newest records."""
        return _plain(await self._consumer.end_offsets(self._partitions(self.places)))

    async def at(self, moment_s: float) -> Offsets:
        """The first records appended at a moment, in POSIX seconds, or later."""
        asked = dict.fromkeys(self._partitions(self.places), int(moment_s * 1000))
        found = await self._consumer.offsets_for_times(asked)
        end = await self.end()
        return {
            Place(*place): there.offset if there else end[Place(*place)]
            for place, there in found.items()
        }

    async def between(self, since: Offsets, until: Offsets) -> AsyncIterator[Record]:
        """The records from ``since`` to before ``until``, in order of append.

        Raises:
            BrokerError: the broker brings nothing more before the end.
        """
        merge = Merge(place for place in self.places if since[place] < until[place])
        left = {place for place in self.places if since[place] < until[place]}
        for place in self.places:
            self._consumer.seek(TopicPartition(*place), since[place])
        heard_s = time.monotonic()
        while left:
            wanted = self._partitions(left - merge.full() or left)
            brought = await self._consumer.getmany(
                *wanted, timeout_ms=_POLL_MS, max_records=_MOST_RECORDS
            )
            for record in (each for records in brought.values() for each in records):
                place = Place(record.topic, record.partition)
                if place in left and record.offset < until[place]:
                    merge.add(consumed(record))
            left -= await self._done(left, until, merge)
            for ordered in merge.ready():
                yield ordered
            heard_s = self._heard(bool(brought), heard_s)

    async def _done(self, left: set[Place], until: Offsets, merge: Merge) -> set[Place]:
        done = set()
        for place in left:
            if await self._consumer.position(TopicPartition(*place)) >= until[place]:
                merge.close(place)
                done.add(place)
        return done

    def _heard(self, brought: bool, heard_s: float) -> float:
        now_s = time.monotonic()
        if brought or now_s - heard_s < _STALLED_S:
            return now_s if brought else heard_s
        raise BrokerError(f"broker {self._bootstrap}: nothing came for {_STALLED_S:g} s")

    @staticmethod
    def _partitions(places: Any) -> list[TopicPartition]:
        return [TopicPartition(*place) for place in places]


async def partitions(bootstrap: str, topics: Sequence[str]) -> dict[str, int]:
    """How many each topic has.

    Raises:
        StreamsError: ``bootstrap`` is no address.
        BrokerError: the broker is away or a topic is missing.
    """
    check(bootstrap, _CONNECT_S)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    present = await present_topics(bootstrap, _CONNECT_S)
    for topic in topics:
        if topic not in present:
            raise BrokerError(f"broker {bootstrap}: no topic {topic}; {HOW_TO_CREATE}")
    return {topic: present[topic] for topic in topics}


def _plain(offsets: Mapping[Any, int]) -> Offsets:
    return {Place(*place): offset for place, offset in offsets.items()}
