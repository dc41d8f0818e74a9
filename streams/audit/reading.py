"""Reads spans of partitions, committed records only, in batches."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import Any, Final, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
)

from functions.kafka_access import kafka_at
from streams.audit.fetching import Fetching, Span
from streams.errors import BrokerError
from streams.ports import Record
from streams.worker.closing import close

_TRIES: Final = 20
_RETRY_S: Final = 0.25
_LOOK_S: Final = 0.1


class Reading:
    """Ends and starts by a consumer that belongs to no group, records by `Fetching`."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._partitions: Mapping[str, int] = {}
        self._fetching = Fetching(bootstrap)
        self.records = 0
        self._consumer = _consumer(bootstrap, "read_committed")
        self._whole = _consumer(bootstrap, "read_uncommitted")

    @classmethod
    @asynccontextmanager
    async def open(cls, bootstrap: str) -> AsyncIterator[Self]:
        """Connected inside the ``with``.

        Raises:
            BrokerError: the broker is away, or does not answer.
        """
        reading = cls(bootstrap)
        try:
            await reading._consumer.start()
            await reading._whole.start()
            yield reading
        except KafkaError as error:
            raise BrokerError(f"broker {bootstrap} cannot be used: {error!r}") from None
        finally:
            await reading._fetching.stop()
            await close(reading._consumer)
            await close(reading._whole)

    async def know(self, partitions: Mapping[str, int]) -> None:
        """These topics, with so many partitions each, are asked for from now on."""
        self._partitions = partitions
        places = self._places(partitions)
        self._consumer.assign(places)
        self._consumer.pause(*places)
        await self._fetching.start(sorted(partitions))

    @property
    def topics(self) -> list[str]:
        """Those that are known."""
        return [*self._partitions]

    async def ends(self, topics: Iterable[str]) -> dict[tuple[str, int], int]:
        """The present ends of all partitions of ``topics`` that are known."""
        found = await self._consumer.end_offsets(self._places(topics))
        return {(place.topic, place.partition): end for place, end in found.items()}

    async def passed(self, topics: Sequence[str], within_s: float) -> None:
        """Wait until the transactions that are under way in ``topics`` have ended.

        Nothing behind an open one can be read, whoever wrote it; a worker that was killed leaves
        one until it is given up. After ``within_s`` it is not waited for any more.
        """
        written = await self._whole.end_offsets(self._places(topics))
        for _ in range(ceil(within_s / _LOOK_S)):
            if await self._reaches(written):
                return
            await asyncio.sleep(_LOOK_S)

    async def _reaches(self, written: Mapping[TopicPartition, int]) -> bool:
        ends = await self._consumer.end_offsets(list(written))
        return all(ends[place] >= end for place, end in written.items())

    async def acknowledged(self, group: str, topics: Iterable[str]) -> dict[tuple[str, int], int]:
        """Up to where ``group`` is done with each partition of ``topics``."""
        admin: Any = AIOKafkaAdminClient(**kafka_at(self._bootstrap))
        wanted = set(topics)
        try:
            await admin.start()
            found = await _patiently(lambda: admin.list_consumer_group_offsets(group))
        finally:
            await admin.close()
        return {
            (place.topic, place.partition): told.offset
            for place, told in found.items()
            if place.topic in wanted and told.offset >= 0
        }

    async def starts(
        self, places: Iterable[tuple[str, int]], since_s: float | None
    ) -> dict[tuple[str, int], int]:
        """The first offsets that are there, or the first that were appended at ``since_s``."""
        asked = [TopicPartition(*place) for place in places]
        if not asked:
            return {}
        first = await self._consumer.beginning_offsets(asked)
        if since_s is not None:
            times = dict.fromkeys(asked, int(since_s * 1000))
            later = await self._consumer.offsets_for_times(times)
            ends = await self._consumer.end_offsets(asked)
            first = {
                place: found.offset if (found := later.get(place)) else ends[place]
                for place in asked
            }
        return {(place.topic, place.partition): start for place, start in first.items()}

    async def read(self, span: Span, needle: bytes = b"") -> AsyncIterator[list[Record]]:
        """Committed records of ``span`` in their order, of those that may hold ``needle``."""
        if span.start >= span.end:
            return
        async for found in self._fetching.records(span, needle):
            self.records += len(found)
            yield [_record(span.topic, span.partition, each) for each in found]

    def _places(self, topics: Iterable[str]) -> list[TopicPartition]:
        return [
            TopicPartition(topic, number)
            for topic in topics
            for number in range(self._partitions.get(topic, 0))
        ]


def _consumer(bootstrap: str, isolation: str) -> Any:
    return AIOKafkaConsumer(
        **kafka_at(bootstrap), isolation_level=isolation, enable_auto_commit=False
    )


async def _patiently(ask: Callable[[], Awaitable[Any]]) -> Any:
    """A broker that has just started finds its groups' coordinators after a moment."""
    for _ in range(_TRIES):
        try:
            return await ask()
        except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError):
            await asyncio.sleep(_RETRY_S)
    return await ask()


def _record(topic: str, partition: int, each: Any) -> Record:
    return Record(
        topic=topic,
        partition=partition,
        offset=each.offset,
        append_s=each.timestamp / 1000,
        key=each.key,
        headers=each.headers,
        value=each.value or b"",
    )
