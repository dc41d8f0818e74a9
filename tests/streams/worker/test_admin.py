"""Creating and comparing topics."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.broker.ports import free_port
from streams.errors import BrokerError, StreamsError
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import check, create_topics, present_topics
from streams.worker.declare import declare
from tests.support.broker import Bootstrap


@pytest.mark.kafka
async def test_creates_what_is_missing_once(broker: Bootstrap, topic_prefix: str) -> None:
    """With the table's partitions; what is there stays as it is."""
    table = Topics(Settings(topic_prefix=topic_prefix, partitions=3)).table()
    created = await create_topics(broker.bootstrap, table[:4])
    assert created == [row.name for row in table[:4]]
    created = await create_topics(broker.bootstrap, table)
    assert created == [row.name for row in table[4:]]
    assert await create_topics(broker.bootstrap, table) == []
    present = await present_topics(broker.bootstrap)
    assert {row.name: present.get(row.name) for row in table} == {
        row.name: row.partitions for row in table
    }


@pytest.mark.kafka
async def test_topics_are_configured_by_the_table(broker: Bootstrap, topic_prefix: str) -> None:
    """The broker's own words for time, retention and size are what the table says."""
    table = Topics(Settings(topic_prefix=topic_prefix)).table()
    await create_topics(broker.bootstrap, table)
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        wanted = [ConfigResource(ConfigResourceType.TOPIC, row.name) for row in table]
        (answer,) = await admin.describe_configs(wanted)
    finally:
        await admin.close()
    found = {name: {k: v for k, v, *_ in entries} for *_, name, entries in answer.resources}
    for row in table:
        assert row.configuration.items() <= found[row.name].items()


@pytest.mark.kafka
async def test_other_partitions_are_refused(broker: Bootstrap, topic_prefix: str) -> None:
    """Names the topic, what was found and what is allowed; nothing is created."""
    few = Topics(Settings(topic_prefix=topic_prefix, partitions=1)).table()
    many = Topics(Settings(topic_prefix=topic_prefix, partitions=2)).table()
    await create_topics(broker.bootstrap, few[:1])
    with pytest.raises(StreamsError, match=r"default\.requests: found 1 partitions, allowed: 2"):
        await create_topics(broker.bootstrap, many)
    assert few[1].name not in await present_topics(broker.bootstrap)


def test_missing_topics_are_no_mismatch() -> None:
    """They are created or waited for."""
    check(Topics(Settings()).table(), {"other": 1})


async def test_broker_away() -> None:
    """A message that names it, from all three."""
    bootstrap = f"127.0.0.1:{free_port()}"
    table = Topics(Settings()).table()
    with pytest.raises(BrokerError, match=bootstrap):
        await create_topics(bootstrap, table, within_s=0.1)
    with pytest.raises(BrokerError, match=bootstrap):
        await present_topics(bootstrap, within_s=0.1)
    pool = Pool(name="a", architecture="b", configuration="c", models=("m",), topic="t")
    with pytest.raises(BrokerError, match="pools"):
        await declare(bootstrap, Settings(), [pool])
