"""How the worker's consumer fetches, for which Faust has no settings."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams import agents
from streams.topics import Topic
from streams.worker.admin import create_topics
from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.worker_process import Deployment, request_headers

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]


async def test_the_consumer_has_what_is_set_on_it(broker: Bootstrap) -> None:
    """Both are kept under these names until the start; a release that does otherwise is noticed."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker.bootstrap, fetch_max_wait_ms=33, isolation_level="read_committed"
    )
    assert consumer._fetch_max_wait_ms == 33
    assert consumer._isolation_level == "read_committed"
    await consumer.stop()


async def test_after_a_rebalance_nothing_that_was_fetched_before_is_passed_over(
    broker: Bootstrap, topic_prefix: str
) -> None:
    """Reading goes on from what is committed, and from the first record where nothing is."""
    fresh, known = TopicPartition(topic_prefix, 0), TopicPartition(topic_prefix, 1)
    row = Topic(name=topic_prefix, partitions=2, retention_s=3600.0, max_bytes=1_000_000)
    await create_topics(broker.bootstrap, [row])
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for number in range(8):
            await producer.send_and_wait(topic_prefix, b"x", partition=number % 2)
    async with AIOKafkaConsumer(
        bootstrap_servers=broker.bootstrap, group_id=topic_prefix, enable_auto_commit=False,
        auto_offset_reset="earliest",
    ) as consumer:  # fmt: skip
        consumer.assign([fresh, known])
        await consumer.commit({known: 2})
        for place in (fresh, known):
            consumer.seek(place, 3)
        found = await agents.go_back(consumer)
        assert {place: offset or 0 for place, offset in found.items()} == {fresh: 0, known: 2}
        assert [await consumer.position(place) for place in (fresh, known)] == [0, 2]


async def test_a_request_of_an_aborted_transaction_is_not_served(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Only what its producer committed becomes a request."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    with deployment.worker() as worker:
        await worker.ready()
        async with function.running():
            producer = AIOKafkaProducer(
                bootstrap_servers=broker.bootstrap, transactional_id=topic_prefix
            )
            await producer.start()
            for name, kept in (("aborted", False), ("committed", True)):
                await producer.begin_transaction()
                await producer.send_and_wait(
                    deployment.topics.tenant("default", "requests"), b"input", partition=0,
                    headers=request_headers(name, "quick", 60.0),
                )  # fmt: skip
                await (producer.commit_transaction() if kept else producer.abort_transaction())
            await producer.stop()
            await deployment.produce(["plain"], "quick")
            await deployment.concluded(["committed", "plain"])
    assert {each.request_id for each in await deployment.outcomes()} == {"committed", "plain"}
