"""The last records of topics, read from the real broker."""

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from streams.client.tail import Tail
from streams.errors import BrokerError
from tests.support.broker import Bootstrap

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(60)]


def topic(broker: Bootstrap, name: str) -> str:
    """A topic with two partitions."""
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics([NewTopic(name, 2, 1)])
    admin.close()
    return name


def test_last_records(broker: Bootstrap, topic_prefix: str) -> None:
    """The last offsets of each partition are read, and again what has come since."""
    name = topic(broker, topic_prefix)
    tail = Tail(broker.bootstrap, {name: 3})
    assert tail.read() == []
    with KafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for number in range(10):
            producer.send(name, str(number).encode(), partition=number % 2)
    assert sorted(record.value for record in tail.read(30)) == [b"4", b"5", b"6", b"7", b"8", b"9"]
    with KafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        producer.send(name, b"10", partition=0)
    values = [record.value for record in tail.read(30) if record.partition == 0]
    assert values == [b"6", b"8", b"10"]
    tail.close()


def test_transactions(broker: Bootstrap, topic_prefix: str) -> None:
    """Committed records are read, aborted ones and the markers between them are not waited for."""
    name = topic(broker, topic_prefix)
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=topic_prefix)
    producer.init_transactions()
    for value, end in (
        (b"good", producer.commit_transaction),
        (b"bad", producer.abort_transaction),
    ):
        producer.begin_transaction()
        producer.send(name, value, partition=0)
        end()
    producer.close()
    tail = Tail(broker.bootstrap, {name: 10})
    assert [record.value for record in tail.read(3600)] == [b"good"]
    tail.close()


def test_missing_topic(broker: Bootstrap, topic_prefix: str) -> None:
    """A topic that is not there is named."""
    with pytest.raises(BrokerError, match=f"no topic {topic_prefix}"):
        Tail(broker.bootstrap, {topic_prefix: 1})
