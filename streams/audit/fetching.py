"""Fetches a partition's committed records as the broker sends them.

Several times as fast as a consumer hands them out: no object per record but aiokafka's compiled
one, and the next answer is under way while the last is looked at.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    LeaderNotAvailableError,
    NodeNotReadyError,
    NotLeaderForPartitionError,
    RequestTimedOutError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords

from functions.kafka_access import kafka_at
from streams.worker.lenient import LenientRecords

FETCH_BYTES: Final = 4 * 1024 * 1024
_WAIT_MS: Final = 500
_TRIES: Final = 20
_RETRY_S: Final = 0.25
_REPLICA_SINCE: Final = 11
"""Version of the answer from which the preferred replica stands before the records."""
_AGAIN: Final = (
    KafkaConnectionError,
    LeaderNotAvailableError,
    NodeNotReadyError,
    NotLeaderForPartitionError,
    RequestTimedOutError,
    UnknownTopicOrPartitionError,
)


class Span(NamedTuple):
    """Offsets of one partition, without the last."""

    topic: str
    partition: int
    start: int
    end: int


class Fetching:
    """One connection to each broker."""

    def __init__(self, bootstrap: str, fetch_bytes: int = FETCH_BYTES) -> None:
        self._fetch_bytes = fetch_bytes
        self._client: Any = AIOKafkaClient(**kafka_at(bootstrap))

    async def start(self, topics: list[str]) -> None:
        """Connect. Raises KafkaError."""
        await self._client.bootstrap()
        await self._client.set_topics(topics)

    async def stop(self) -> None:
        """Disconnect."""
        await self._client.close()

    async def records(self, span: Span, needle: bytes = b"") -> AsyncIterator[list[Any]]:
        """Committed records of ``span``: offset, timestamp, key, value and headers of each.

        Answers of the broker whose bytes do not hold ``needle`` are passed over unread.
        Raises KafkaError.
        """
        offset, under_way = span.start, None
        try:
            while offset < span.end:
                raw = await (under_way or self._patiently(span, offset))
                passed = needle not in raw.records and _uncompressed_end(raw.records)
                found = _Records(span, raw, offset)
                records = [] if passed else [each for each in found if each.offset < span.end]
                offset = passed or found.next_fetch_offset
                if offset < span.end:
                    under_way = asyncio.create_task(self._patiently(span, offset))
                    await asyncio.sleep(0)
                yield records
        finally:
            if under_way is not None and not under_way.done():
                under_way.cancel()
                await asyncio.gather(under_way, return_exceptions=True)

    async def _patiently(self, span: Span, offset: int) -> "_Raw":
        """Again where the leader moved, or the broker is just starting."""
        for _ in range(_TRIES):
            try:
                return await self._fetch(span, offset)
            except _AGAIN:
                await asyncio.sleep(_RETRY_S)
                await self._client.force_metadata_update()
        return await self._fetch(span, offset)

    async def _fetch(self, span: Span, offset: int) -> "_Raw":
        leader = self._client.cluster.leader_for_partition(TopicPartition(*span[:2]))
        if leader is None or leader < 0:
            raise LeaderNotAvailableError
        wanted = [(span.topic, [(span.partition, offset, self._fetch_bytes)])]
        request = FetchRequest(_WAIT_MS, 1, self._fetch_bytes, READ_COMMITTED, wanted)
        response = await self._client.send(leader, request)
        return _answer(response)


def _uncompressed_end(raw: bytes) -> int:
    """The offset after the last batch; 0 if any is compressed, so that its bytes tell nothing."""
    batches, end = MemoryRecords(raw), 0
    while batches.has_next():
        batch = batches.next_batch()
        if batch.compression_type:
            return 0
        end = batch.next_offset
    return end


class _Raw(NamedTuple):
    records: bytes
    aborted: list[tuple[int, int]] | None


class _Records(PartitionRecords):  # type: ignore[misc]
    """aiokafka's own reading of batches, aborted transactions left out, records as they are."""

    def __init__(self, span: Span, raw: _Raw, offset: int) -> None:
        place = TopicPartition(span.topic, span.partition)
        super().__init__(
            place,
            LenientRecords(raw.records),
            raw.aborted,
            offset,
            key_deserializer=None,
            value_deserializer=None,
            check_crcs=True,
            isolation_level=READ_COMMITTED,
        )

    def _consumer_record(self, tp: Any, record: Any) -> Any:  # noqa: ARG002 - its interface
        return record


def _answer(response: Any) -> _Raw:
    """The one partition of ``response``; what stands between differs by version."""
    if getattr(response, "error_code", 0):
        raise _error(response.error_code)
    _, code, _, *rest = response.topics[0][1][0]
    if code:
        raise _error(code)
    aborted = rest[2] if response.API_VERSION >= _REPLICA_SINCE else rest[-2]
    return _Raw(bytes(rest[-1]), aborted)


def _error(code: int) -> KafkaError:
    error: KafkaError = for_code(code)()
    return error
