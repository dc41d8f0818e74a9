"""The ledger on Kafka: one transactional producer per owned partition."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    IllegalOperation,
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    KafkaError,
    ProducerFenced,
)

from functions.kafka_access import kafka_at
from streams.errors import BrokerError, FencedError
from streams.ports import Conclude, History, Outgoing
from streams.settings import Settings
from streams.topics import HEADROOM_BYTES, Topics
from streams.worker import history
from streams.worker.clock import WorkerClock
from streams.worker.closing import close

_LOG: Final = logging.getLogger("synergai.app")
_FENCED: Final = (ProducerFenced, InvalidProducerEpoch, InvalidProducerIdMapping)
_UNSURE: Final = (KafkaError, IllegalOperation, AssertionError)
"""Among them what a producer says that has given its transaction up meanwhile."""
_TRANSACTION_S: Final = 10.0
"""A transaction left open holds up readers of committed records for so long."""


class KafkaLedger:
    """Starting a partition's producer fences whoever held it; a commit then fails for them."""

    def __init__(self, bootstrap: str, settings: Settings, clock: WorkerClock) -> None:
        self._bootstrap = bootstrap
        self._settings = settings
        self._clock = clock
        topics = Topics(settings)
        self._places = history.Places(
            requests=list(topics.requests),
            outcomes=[topics.tenant(tenant, "outcomes") for tenant in settings.tenants],
            decisions=topics.system("decisions"),
            latency=topics.system("latency"),
            group=topics.group,
        )
        self._producers: dict[int, Any] = {}

    async def take_over(self, partition: int) -> History:
        """Fence a former owner, then read what it committed, as far back as a repeat may come.

        Raises:
            FencedError: another worker fenced us meanwhile.
            BrokerError: the broker cannot be used now.
        """
        await self.release(partition)
        self._producers[partition] = producer = self._producer(partition)
        now_s, horizon_s = self._clock.now_s(), self._settings.dedupe_horizon_s
        try:
            await producer.start()
            return await history.read(self._bootstrap, self._places, partition, now_s, horizon_s)
        except _FENCED:
            await self.release(partition)
            raise FencedError(f"ledger partition {partition}: taken by another worker") from None
        except KafkaError as error:
            await self.release(partition)
            raise BrokerError(f"ledger partition {partition}: {error!r}") from None

    async def conclude(self, partition: int, batch: Sequence[Conclude]) -> None:
        """Write every record of the batch in one transaction.

        Raises:
            FencedError: another worker owns the partition; nothing was written.
            BrokerError: whether it was written is not known; only taking over anew tells.
        """
        producer = self._producers.get(partition)
        if producer is None:
            raise BrokerError(f"ledger partition {partition}: not taken over")
        try:
            await self._commit(producer, batch)
        except _FENCED:
            raise FencedError(f"ledger partition {partition}: taken by another worker") from None
        except _UNSURE as error:
            raise BrokerError(f"ledger partition {partition}: {error!r}") from None

    async def release(self, partition: int) -> None:
        """Close the partition's producer; unknown partitions are ignored."""
        producer = self._producers.pop(partition, None)
        if producer is not None:
            await close(producer)

    async def _commit(self, producer: Any, batch: Sequence[Conclude]) -> None:
        await producer.begin_transaction()
        sent: list[asyncio.Future[Any]] = []
        try:
            for record in (record for conclude in batch for record in conclude.records):
                sent.append(await _send(producer, record))  # noqa: PERF401 - kept if one fails
            await asyncio.gather(*sent)
        finally:
            for future in sent:
                future.add_done_callback(_seen)
        await producer.commit_transaction()

    def _producer(self, partition: int) -> Any:
        settings = self._settings
        return AIOKafkaProducer(
            **kafka_at(self._bootstrap),
            transactional_id=f"{settings.topic_prefix}.ledger.{partition}",
            transaction_timeout_ms=int(_TRANSACTION_S * 1000),
            acks="all",
            max_request_size=settings.max_request_bytes + HEADROOM_BYTES,
        )


async def _send(producer: Any, record: Outgoing) -> "asyncio.Future[Any]":
    """Send; a partition that a producer asked for and that is not there is chosen by the key."""
    there = await producer.partitions_for(record.topic)
    future: asyncio.Future[Any] = await producer.send(
        record.topic,
        record.value,
        key=record.key,
        partition=record.partition if record.partition in there else None,
        headers=list(record.headers),
    )
    return future


def _seen(future: "asyncio.Future[Any]") -> None:
    """The first failure was raised; the others are the same."""
    if not future.cancelled():
        future.exception()
