"""One pool's Kafka consumer: group = topic, from the earliest, commits the completed prefix."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from functions.kafka_access import kafka_at
from streams.source import message
from streams.source.dispatch import Dispatcher
from streams.source.flow import Flow
from streams.source.schema import SourcePool

_LOG = logging.getLogger("synergai.source")
_COMMIT_EVERY_S: Final = 0.2
_METADATA_S: Final = 3.0
_FETCH_WAIT_MS: Final = 20
"""News of a partition that is being read waits for a fetch that waits for news of the others."""
_LONGEST_WAIT_S: Final = 5.0


class PoolConsumer:
    """Runs until it is cancelled; then finishes what is under way and leaves the group."""

    def __init__(
        self, pool: SourcePool, bootstrap: str, dispatcher: Dispatcher, drain_s: float
    ) -> None:
        self._pool = pool
        self._bootstrap = bootstrap
        self._flow = Flow(pool.topic, pool.in_flight, dispatcher.deliver)
        self._drain_s = drain_s
        self._away = False

    async def run(self) -> None:
        """Consume; while the broker is away keep trying and say so once."""
        wait_s = 0.25
        while True:
            try:
                await self._session()
            except (KafkaError, OSError) as error:
                self._say_away(error)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    async def _session(self) -> None:
        consumer = self._consumer()
        try:
            await consumer.start()
            self._say_back()
            committing = asyncio.create_task(self._commit_regularly(consumer))
            try:
                await self._consume(consumer)
            finally:
                committing.cancel()
                await self._flow.drained(self._drain_s)
                await self.commit(consumer)
                self._flow.forget()
        finally:
            await consumer.stop()

    def _consumer(self) -> AIOKafkaConsumer:
        topic = self._pool.topic
        consumer = AIOKafkaConsumer(
            **kafka_at(self._bootstrap),
            client_id=f"synergai-source-{self._pool.name}",
            group_id=topic,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            metadata_max_age_ms=int(_METADATA_S * 1000),
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            isolation_level="read_committed",
        )
        consumer.subscribe([topic], listener=_Rebalance(self, consumer))
        return consumer

    async def _consume(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await self._flow.room()
            try:
                record: Any = await consumer.getone()
            except BaseException:
                self._flow.no_event()
                raise
            event = message.from_record(
                record.topic, record.partition, record.offset, record.headers, record.value
            )
            self._flow.take(record.partition, record.offset, event)

    async def _commit_regularly(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(_COMMIT_EVERY_S)
            await self.commit(consumer)

    async def commit(self, consumer: AIOKafkaConsumer) -> None:
        """Commit what has advanced; a failed commit only means that events come again."""
        advanced = self._flow.advanced()
        if not advanced:
            return
        topic = self._pool.topic
        offsets = {TopicPartition(topic, partition): at for partition, at in advanced.items()}
        try:
            await consumer.commit(offsets)
        except KafkaError as error:
            self._flow.not_committed()
            self._say_away(error)
        else:
            self._say_back()

    def lost(self, partitions: Iterable[int]) -> None:
        """The group gave these partitions away."""
        self._flow.lost(partitions)

    def _say_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            message = "pool %s: broker %s: %s; trying again until it answers"
            _LOG.warning(message, self._pool.name, self._bootstrap, error)

    def _say_back(self) -> None:
        if self._away:
            self._away = False
            _LOG.warning("pool %s: broker %s answers again", self._pool.name, self._bootstrap)


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    def __init__(self, owner: PoolConsumer, consumer: AIOKafkaConsumer) -> None:
        self._owner = owner
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        """Commit what was completed, then forget the partitions."""
        lost = [each.partition for each in revoked]
        if lost:
            with contextlib.suppress(KafkaError):
                await self._owner.commit(self._consumer)
            self._owner.lost(lost)

    async def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """Nothing: offsets start at what the group has committed."""
