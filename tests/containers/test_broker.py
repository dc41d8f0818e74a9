"""The broker in a container, as clients on this machine use it."""

from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kafka import KafkaConsumer, KafkaProducer

from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import create_topics, present_topics

pytestmark = [pytest.mark.containers, pytest.mark.slow]


@pytest.fixture
async def topic(kafka: str, topic_prefix: str) -> str:
    """The requests topic of a fresh deployment."""
    topics = Topics(Settings(topic_prefix=topic_prefix))
    await create_topics(kafka, topics.table())
    return topics.tenant("default", "requests")


async def test_topics_are_those_of_the_table(kafka: str, topic_prefix: str) -> None:
    """What is missing is created with its partitions, a second time nothing."""
    table = Topics(Settings(topic_prefix=topic_prefix)).table()
    assert await create_topics(kafka, table) == [row.name for row in table]
    assert await create_topics(kafka, table) == []
    present = await present_topics(kafka)
    assert {row.name: row.partitions for row in table}.items() <= present.items()


def test_kafka_python(kafka: str, topic: str) -> None:
    """It writes a record with headers and reads it back in a group."""
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all")
    producer.send(topic, b"value", key=b"key", headers=[("ce_id", b"1")]).get(30)
    producer.close()
    consumer = KafkaConsumer(
        topic, bootstrap_servers=kafka, group_id=topic, auto_offset_reset="earliest",
        consumer_timeout_ms=30_000,
    )  # fmt: skip
    record = next(consumer)
    consumer.close()
    assert (record.key, record.value) == (b"key", b"value")
    assert list(record.headers) == [("ce_id", b"1")]


async def test_aiokafka_in_a_transaction(kafka: str, topic: str) -> None:
    """What is committed is read by a read_committed reader in a group, what is aborted is not."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=topic)
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(topic, b"aborted", partition=0)
    await producer.abort_transaction()
    async with producer.transaction():
        await producer.send_and_wait(topic, b"committed", partition=0)
    await producer.stop()
    assert await _first(kafka, topic) == b"committed"


async def _first(bootstrap: str, topic: str) -> Any:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=topic, auto_offset_reset="earliest",
        isolation_level="read_committed",
    )  # fmt: skip
    await consumer.start()
    try:
        record: Any = await consumer.getone()
        return record.value
    finally:
        await consumer.stop()
