"""Declaring pools: one record each in the compacted topic, none for those that are gone."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from functions.cloudevents import CloudEvent, to_kafka
from functions.kafka_access import kafka_at
from streams.errors import BrokerError
from streams.schema import POOL_TYPE, Pool
from streams.settings import Settings
from streams.topics import Topics

SOURCE: Final = "/synergai/pools"


async def declare(bootstrap: str, settings: Settings, pools: Sequence[Pool]) -> None:
    """Make these the declared pools: nothing else stays declared.

    Raises:
        BrokerError: the broker is away or does not take it.
    """
    topic = Topics(settings).system("pools")
    try:
        known = await _names(bootstrap, topic)
        records = [record(pool) for pool in pools]
        gone = sorted(known - {pool.name for pool in pools})
        await _send(bootstrap, topic, [(name.encode(), (), None) for name in gone] + records)
    except KafkaError as error:
        raise BrokerError(f"topic {topic}: {error!r}") from None


def record(pool: Pool) -> tuple[bytes, tuple[tuple[str, bytes], ...], bytes | None]:
    """Key, headers and value that declare a pool."""
    event = CloudEvent(
        id=f"{pool.name}/{pool.generation}",
        source=SOURCE,
        type=POOL_TYPE,
        subject=pool.name,
        datacontenttype="application/json",
        data=msgspec.json.encode(pool),
    )
    headers, value = to_kafka(event)
    return pool.name.encode(), headers, value


async def _names(bootstrap: str, topic: str) -> set[str]:
    """The pools that are declared now."""
    consumer = AIOKafkaConsumer(
        topic, **kafka_at(bootstrap), enable_auto_commit=False, auto_offset_reset="earliest"
    )
    names: dict[str, bool] = {}
    try:
        await consumer.start()
        ends = await consumer.end_offsets(consumer.assignment())
        while behind := [
            place for place, end in ends.items() if await consumer.position(place) < end
        ]:
            for records in (await consumer.getmany(*behind, timeout_ms=200)).values():
                for each in records:
                    names[(each.key or b"").decode(errors="replace")] = bool(each.value)
    finally:
        await consumer.stop()
    return {name for name, present in names.items() if present}


async def _send(bootstrap: str, topic: str, records: Sequence[Any]) -> None:
    producer = AIOKafkaProducer(**kafka_at(bootstrap), acks="all")
    try:
        await producer.start()
        for key, headers, value in records:
            await producer.send_and_wait(topic, value, key=key, headers=list(headers))
    finally:
        await producer.stop()
