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
Declaration = tuple[bytes, tuple[tuple[str, bytes], ...], bytes | None]


async def declare(bootstrap: str, settings: Settings, pools: Sequence[Pool]) -> None:
    """Make these the declared pools: nothing else stays declared.

    Raises:
        BrokerError: the broker is away or does not take it.
    """
    topic = Topics(settings).system("pools")
    try:
        found = (await latest(bootstrap, topic)).items()
        known = {key.decode(errors="replace") for key, last in found if last.value}
        records = [record(pool) for pool in pools]
        gone = sorted(known - {pool.name for pool in pools})
        await send(bootstrap, topic, [*map(removal, gone), *records])
    except KafkaError as error:
        raise BrokerError(f"topic {topic}: {error!r}") from None


def removal(pool: str) -> Declaration:
    """What says that a pool is gone."""
    return pool.encode(), (), None


def record(pool: Pool, source: str = SOURCE) -> Declaration:
    """Key, headers and value that declare a pool."""
    event = CloudEvent(
        id=f"{pool.name}/{pool.generation}",
        source=source,
        type=POOL_TYPE,
        subject=pool.name,
        datacontenttype="application/json",
        data=msgspec.json.encode(pool),
    )
    headers, value = to_kafka(event)
    return pool.name.encode(), headers, value


async def latest(bootstrap: str, topic: str) -> dict[bytes, Any]:
    """The last record of every key of the topic's only partition.

    Raises:
        KafkaError: the broker is away.
    """
    consumer = AIOKafkaConsumer(
        topic, **kafka_at(bootstrap), enable_auto_commit=False, auto_offset_reset="earliest"
    )
    found: dict[bytes, Any] = {}
    try:
        await consumer.start()
        ends = await consumer.end_offsets(consumer.assignment())
        while behind := [
            place for place, end in ends.items() if await consumer.position(place) < end
        ]:
            for records in (await consumer.getmany(*behind, timeout_ms=200)).values():
                found |= {each.key or b"": each for each in records}
    finally:
        await consumer.stop()
    return found


async def send(bootstrap: str, topic: str, records: Sequence[Any]) -> None:
    """Produce records of key, headers and value, one after the other.

    Raises:
        KafkaError: the broker is away.
    """
    producer = AIOKafkaProducer(**kafka_at(bootstrap), acks="all")
    try:
        await producer.start()
        for key, headers, value in records:
            await producer.send_and_wait(topic, value, key=key, headers=list(headers))
    finally:
        await producer.stop()
