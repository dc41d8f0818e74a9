"""What comes out while a campaign runs: who has an outcome, and when each partition was placed."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from streams.settings import Settings
from streams.topics import Topics

_RETRY_S: Final = 0.5


class _Named(msgspec.Struct):
    """The part of an outcome that is looked at."""

    request_id: str


class Watch:
    """Tails outcomes (committed ones) and decisions. Times are the broker's."""

    def __init__(self, bootstrap: str, settings: Settings) -> None:
        topics = Topics(settings)
        self._bootstrap = bootstrap
        self._decisions = topics.system("decisions")
        self._outcomes = topics.tenant(settings.tenants[0], "outcomes")
        self._decoder = msgspec.json.Decoder(_Named)
        self._tasks: list[asyncio.Task[None]] = []
        self.concluded: set[str] = set()
        """Request ids that have an outcome."""
        self.outcomes_s: list[float] = []
        """When each outcome was appended."""
        self.placed_s: defaultdict[int, list[float]] = defaultdict(list)
        """When each decision was appended, by partition number."""

    async def start(self) -> None:
        """Begin to read."""
        self._tasks = [
            asyncio.create_task(self._tail(topic)) for topic in (self._outcomes, self._decisions)
        ]

    async def stop(self) -> None:
        """Read no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tail(self, topic: str) -> None:
        """From the start; a consumer without a group lives through a broker that is away."""
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=self._bootstrap,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_committed",
        )
        await consumer.start()
        try:
            while True:
                with suppress(KafkaError):
                    for records in (await consumer.getmany(timeout_ms=200)).values():
                        for record in records:
                            self._take(record)
                    continue
                await asyncio.sleep(_RETRY_S)
        finally:
            await consumer.stop()

    def _take(self, record: Any) -> None:
        at_s = record.timestamp / 1000
        if record.topic == self._decisions:
            self.placed_s[record.partition].append(at_s)
            return
        self.outcomes_s.append(at_s)
        self.concluded.add(self._decoder.decode(record.value).request_id)
