"""The dlq topic on the real broker."""

import pytest

from streams.deadletters.box import Reading, Sending, delete_before
from streams.errors import BrokerError
from streams.ports import Outgoing
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import create_topics
from tests.support.broker import Bootstrap

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(120)]


async def topic(broker: Bootstrap, prefix: str) -> str:
    """A dlq topic that is there."""
    topics = Topics(Settings(topic_prefix=prefix))
    await create_topics(broker.bootstrap, topics.table())
    return topics.tenant("default", "dlq")


def outgoing(name: str, value: bytes, partition: int = 0) -> Outgoing:
    """A record."""
    return Outgoing(topic=name, key=b"k", headers=(), value=value, partition=partition)


async def test_all_of_a_batch_or_nothing_is_read(broker: Bootstrap, topic_prefix: str) -> None:
    """A record that the topic does not take leaves the others unwritten; a new producer goes on."""
    name = await topic(broker, topic_prefix)
    with Sending(broker.bootstrap, name, 20_000_000) as sending:
        assert sending.partitions(name) == 4
        sending.write([outgoing(name, b"1"), outgoing(name, b"2", partition=1)])
        with pytest.raises(BrokerError, match="cannot be used"):
            sending.write([outgoing(name, b"3"), outgoing(name, bytes(10_000_000))])
    with Sending(broker.bootstrap, name, 10_000) as sending:
        sending.write([outgoing(name, b"4")])
    with Reading(broker.bootstrap, name) as reading:
        for _ in range(2):
            assert sorted(record.value for record in reading.records()) == [b"1", b"2", b"4"]
        last = [record for record in reading.records() if record.value == b"4"]
        assert reading.record(0, last[0].offset) == last[0]
        with pytest.raises(BrokerError, match=f"{name}/0/{last[0].offset + 1}: cannot be read"):
            reading.record(0, last[0].offset + 1)


async def test_who_comes_later_shuts_out_who_was_there(
    broker: Bootstrap, topic_prefix: str
) -> None:
    """Two operators at a time cannot send the same letter twice."""
    name = await topic(broker, topic_prefix)
    with Sending(broker.bootstrap, name, 10_000) as first:
        first.write([outgoing(name, b"1")])
        with Sending(broker.bootstrap, name, 10_000) as second:
            with pytest.raises(BrokerError, match="another redrive or purge of this tenant began"):
                first.write([outgoing(name, b"2")])
            second.write([outgoing(name, b"3")])
    with Reading(broker.bootstrap, name) as reading:
        assert [record.value for record in reading.records()] == [b"1", b"3"]


async def test_the_front_of_a_partition_is_deleted(broker: Bootstrap, topic_prefix: str) -> None:
    """What lies behind it and other partitions stay."""
    name = await topic(broker, topic_prefix)
    with Sending(broker.bootstrap, name, 10_000) as sending:
        sending.write([outgoing(name, b"1"), outgoing(name, b"2"), outgoing(name, b"3", 1)])
    delete_before(broker.bootstrap, name, {0: 1})
    with Reading(broker.bootstrap, name) as reading:
        assert sorted(record.value for record in reading.records()) == [b"2", b"3"]
