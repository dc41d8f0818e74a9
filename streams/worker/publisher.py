"""Plain producing through aiokafka, for placements and decisions."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from functions.kafka_access import kafka_at
from streams.errors import BrokerError
from streams.ports import Outgoing
from streams.worker.clock import WorkerClock
from streams.worker.closing import close

_PATIENCE_S: Final = 10.0
_BATCH_BYTES: Final = 256 * 1024


class KafkaPublisher:
    """One producer: it has one request in flight, so what must not wait has a publisher its own."""

    def __init__(
        self, bootstrap: str, largest_bytes: int, clock: WorkerClock, linger_ms: int = 0
    ) -> None:
        self._clock = clock
        self._turn = asyncio.Lock()
        self._producer: Any = AIOKafkaProducer(
            **kafka_at(bootstrap),
            acks="all",
            linger_ms=linger_ms,
            max_batch_size=_BATCH_BYTES,
            max_request_size=largest_bytes,
            request_timeout_ms=int(_PATIENCE_S * 1000),
        )

    async def start(self) -> None:
        """Connect.

        Raises:
            BrokerError: the broker is away.
        """
        try:
            await self._producer.start()
        except KafkaError as error:
            await close(self._producer)
            raise BrokerError(f"cannot publish: {error!r}") from None

    async def stop(self) -> None:
        """Flush and disconnect; where the broker is away, not for long."""
        await close(self._producer)

    async def publish(self, record: Outgoing) -> None:
        """Send and wait for the acknowledgement.

        Raises:
            BrokerError: it could not be sent.
        """
        sent_s = self._clock.local_s()
        try:
            metadata = await (await self._appended(record))
        except (KafkaError, AssertionError) as error:
            raise BrokerError(f"topic {record.topic}: {error!r}") from None
        self._clock.sent(sent_s, (metadata.timestamp or 0) / 1000)

    async def _appended(self, record: Outgoing) -> "asyncio.Future[Any]":
        """Put it into a batch, in turn: where many wait for a full batch, each wakes all others."""
        await self._producer.partitions_for(record.topic)  # a topic not there holds up no other
        async with self._turn:
            future: asyncio.Future[Any] = await self._producer.send(
                record.topic,
                record.value,
                key=record.key,
                partition=record.partition,
                headers=list(record.headers),
            )
        return future


@asynccontextmanager
async def publishers(
    bootstrap: str, largest_bytes: int, clock: WorkerClock, lingers_ms: Sequence[int]
) -> AsyncIterator[list[KafkaPublisher]]:
    """Several, connected inside the ``with``; at its end they flush at the same time.

    Raises:
        BrokerError: the broker is away.
    """
    started: list[KafkaPublisher] = []
    try:
        for linger_ms in lingers_ms:
            publisher = KafkaPublisher(bootstrap, largest_bytes, clock, linger_ms)
            await publisher.start()
            started.append(publisher)
        yield started
    finally:
        await asyncio.gather(*[publisher.stop() for publisher in started])
