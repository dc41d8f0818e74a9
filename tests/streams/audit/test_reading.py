"""What an audit waits for before it takes the ends of topics."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer

from streams.audit.reading import Reading
from streams.topics import Topic
from streams.worker.admin import create_topics
from tests.support.broker import Bootstrap

pytestmark = pytest.mark.kafka


async def test_what_stands_behind_an_open_transaction_is_waited_for(
    broker: Bootstrap, topic_prefix: str
) -> None:
    """A result behind another's transaction is there, though nobody can read it yet."""
    topic = f"{topic_prefix}.results"
    row = Topic(name=topic, partitions=1, retention_s=3600.0, max_bytes=1_000_000)
    await create_topics(broker.bootstrap, [row])
    worker = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=topic)
    function = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    async with worker, function, Reading.open(broker.bootstrap) as reading:
        await reading.know({topic: 1})
        await worker.begin_transaction()
        await worker.send_and_wait(topic, b"refused", partition=0)
        await function.send_and_wait(topic, b"answer", partition=0)
        await reading.passed([topic], within_s=0.3)
        assert await reading.ends([topic]) == {(topic, 0): 0}, "not for longer than was said"
        waiting = asyncio.create_task(reading.passed([topic], within_s=30.0))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await worker.commit_transaction()
        await waiting
        assert (await reading.ends([topic]))[topic, 0] >= 2
