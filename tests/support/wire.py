"""What a test needs of a broker, and the real one behind it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.ports import Outgoing, Record


class Wire(Protocol):
    """Send, and read what is committed."""

    async def send(self, record: Outgoing) -> Record:
        """Append one record."""

    def read(self, topic: str) -> list[Record]:
        """What a reader of committed records has seen by now."""

    async def next_offset(self, topic: str, partition: int) -> int:
        """What the worker's group has committed; 0: nothing."""


class KafkaWire:
    """One producer, and one reader of committed records of some topics."""

    def __init__(self, bootstrap: str, group: str) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._producer: Any = None
        self._admin: Any = None
        self._seen: defaultdict[str, list[Record]] = defaultdict(list)

    @asynccontextmanager
    async def open(self, topics: Iterable[str]) -> AsyncIterator[Self]:
        """Connected inside the ``with``."""
        self._producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all")
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await self._producer.start()
        await self._admin.start()
        reading = asyncio.create_task(self._read_on(tuple(topics)))
        try:
            yield self
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            await self._admin.close()
            await self._producer.stop()

    async def send(self, record: Outgoing) -> Record:
        """Append one record."""
        found = await self._producer.send_and_wait(
            record.topic, record.value, key=record.key, partition=record.partition,
            headers=list(record.headers),
        )  # fmt: skip
        return Record(
            topic=found.topic, partition=found.partition, offset=found.offset,
            append_s=found.timestamp / 1000, key=record.key, headers=record.headers,
            value=record.value,
        )  # fmt: skip

    def read(self, topic: str) -> list[Record]:
        """What a reader of committed records has seen by now."""
        return list(self._seen[topic])

    async def next_offset(self, topic: str, partition: int) -> int:
        """What the worker's group has committed; 0: nothing."""
        found = await self._admin.list_consumer_group_offsets(self._group)
        offset = found.get(TopicPartition(topic, partition))
        return max(0, offset.offset) if offset is not None else 0

    async def _read_on(self, topics: tuple[str, ...]) -> None:
        consumer = AIOKafkaConsumer(
            *topics, bootstrap_servers=self._bootstrap, auto_offset_reset="earliest",
            isolation_level="read_committed", enable_auto_commit=False, fetch_max_wait_ms=50,
        )  # fmt: skip
        await consumer.start()
        try:
            while True:
                each: Any = await consumer.getone()
                self._seen[each.topic].append(
                    Record(
                        topic=each.topic, partition=each.partition, offset=each.offset,
                        append_s=each.timestamp / 1000, key=each.key, headers=tuple(each.headers),
                        value=each.value or b"",
                    )
                )  # fmt: skip
        finally:
            await consumer.stop()
