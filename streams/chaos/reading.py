"""What a campaign left in the topics, read for its judges."""

from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer

from functions.schema import Feedback
from streams.chaos.repeats import Computed, Repeats, find
from streams.chaos.schema import Happened
from streams.schema import Decision
from streams.settings import Settings
from streams.topics import Topics

_POLL_MS: Final = 200


async def repeats(
    bootstrap: str, settings: Settings, requests: int, happened: list[Happened]
) -> Repeats:
    """What was computed more than once."""
    topics = Topics(settings)
    decisions = [
        msgspec.json.decode(record.value, type=Decision)
        async for record in _records(bootstrap, topics.system("decisions"))
    ]
    computed, skipped = [], []
    async for record in _records(bootstrap, topics.system("latency")):
        feedback = msgspec.json.decode(record.value, type=Feedback)
        if feedback.verdict == "skipped" or feedback.repeated or feedback.timing.service_s == 0:
            skipped.append((feedback.identity, feedback.attempt))
        else:
            computed.append(Computed(feedback=feedback, append_s=record.timestamp / 1000))
    return find(requests, decisions, computed, skipped, happened)


async def _records(bootstrap: str, topic: str) -> AsyncIterator[Any]:
    """Everything that is committed now."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while behind := [p for p, end in ends.items() if await consumer.position(p) < end]:
            for records in (await consumer.getmany(*behind, timeout_ms=_POLL_MS)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()
