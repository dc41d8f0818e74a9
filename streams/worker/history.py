"""What a ledger partition holds: outcomes and decisions, read at takeover."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from functions.kafka_access import kafka_at
from streams.core.recall import Ended, Recall
from streams.ports import History
from streams.schema import Decision
from streams.worker.closing import close

_T = TypeVar("_T")
_POLL_MS: Final = 200
_FETCH_BYTES: Final = 8 * 1024 * 1024
_FETCH_WAIT_MS: Final = 20
"""What else is asked of the broker waits behind a fetch that waits for news: half a second each."""
_AT_A_TIME: Final = 500
_RECENT_S: Final = 60.0
"""What was decided meanwhile is read in any case, also where our clock is off."""


class Places(NamedTuple):
    """The topics of one deployment, and the consumer group of its app."""

    requests: Sequence[str]
    outcomes: Sequence[str]
    decisions: str
    latency: str
    group: str


async def read(
    bootstrap: str, topics: Places, partition: int, now_s: float, horizon_s: float
) -> History:
    """Committed outcomes of all tenants and decisions of one partition number.

    Outcomes of the horizon, and further back if the group has not acknowledged an older request:
    after a long absence it may have its outcome already. Decisions since the first such request:
    no other is open. Reads up to the ends that the topics have now. Raises KafkaError where the
    broker does.
    """
    consumer = AIOKafkaConsumer(
        **kafka_at(bootstrap),
        group_id=topics.group,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_max_wait_ms=_FETCH_WAIT_MS,
    )

    def of(*names: str) -> list[Any]:
        return [TopicPartition(name, partition) for name in names]

    try:
        await consumer.start()
        open_s = await _unacknowledged(consumer, of(*topics.requests))
        recall = Recall()
        since_s = min([now_s - horizon_s, *open_s])
        async for records in _since(consumer, of(*topics.outcomes), since_s):
            for ended in _decoded(records, Ended):
                recall.outcome(ended)
        since_s = min([now_s - _RECENT_S, *open_s])
        async for records in _since(consumer, of(topics.decisions), since_s):
            for decision in _decoded(records, Decision):
                recall.decision(decision)
        read_to, reported = await _unread(consumer, *of(topics.latency))
    finally:
        await close(consumer)
    return recall.history(read_to, reported)


async def _unread(consumer: Any, place: Any) -> tuple[int, int]:
    """What the group has acknowledged, and the end: offsets of the next records."""
    end: int = (await consumer.end_offsets([place]))[place]
    return await consumer.committed(place) or 0, end


async def _unacknowledged(consumer: Any, places: list[Any]) -> list[float]:
    """When the first request of each place that the group has not acknowledged was appended."""
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    behind = set()
    for place in places:
        start = await consumer.committed(place)
        start = (await consumer.beginning_offsets([place]))[place] if start is None else start
        consumer.seek(place, start)
        if start < ends[place]:
            behind.add(place)
    found: list[float] = []
    while behind:
        for place, records in (await consumer.getmany(*behind, timeout_ms=_POLL_MS)).items():
            found += [records[0].timestamp / 1000] if records else []
            behind.discard(place)
        for place in list(behind):
            if await consumer.position(place) >= ends[place]:  # nothing but markers
                behind.discard(place)
    return found


async def _since(consumer: Any, places: list[Any], since_s: float) -> AsyncIterator[list[Any]]:
    """A few records at a time: whatever else this worker does goes on in between."""
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    starts = await consumer.offsets_for_times(dict.fromkeys(places, int(since_s * 1000)))
    behind = {}
    for place in places:
        start = starts.get(place)
        if start is not None and start.offset < ends[place]:
            consumer.seek(place, start.offset)
            behind[place] = ends[place]
        else:
            consumer.seek(place, ends[place])
    while behind:
        polled = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_AT_A_TIME)
        for records in polled.values():
            yield records
        await asyncio.sleep(0)
        for place, end in list(behind.items()):
            if await consumer.position(place) >= end:  # past markers too
                del behind[place]


def _decoded(records: Iterable[Any], kind: type[_T]) -> Iterator[_T]:
    """What can be read; anything else was not written by a worker."""
    decoder = msgspec.json.Decoder(kind)
    for record in records:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            yield decoder.decode(record.value or b"")
