"""A broker as a child process."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from kafka import KafkaConsumer, KafkaProducer

from streams.broker.lock import claim
from streams.broker.running import RunningBroker, start
from streams.errors import BrokerError
from tests.support.broker import options

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    """A broker these tests may kill."""
    with start(options(tmp_path_factory.mktemp("own"))) as running:
        yield running


def _topic(broker: RunningBroker, name: str) -> str:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(20)
    return name


def _send(broker: RunningBroker, topic: str, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    producer.send(topic, value).get(20)
    producer.close()


def _read(broker: RunningBroker, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest",
        consumer_timeout_ms=20_000,
    )  # fmt: skip
    values = [next(consumer).value for _ in range(count)]
    consumer.close()
    return values


def test_records_survive_sigkill_and_a_restart_on_the_same_port(own: RunningBroker) -> None:
    """The data folder is reused; clients find the broker where it was."""
    topic, bootstrap = _topic(own, "survives"), own.bootstrap
    _send(own, topic, b"before")
    own.kill()
    assert own.poll() == -9
    own.restart()
    assert own.bootstrap == bootstrap
    _send(own, topic, b"after")
    assert _read(own, topic, 2) == [b"before", b"after"]


def test_a_data_folder_in_use_is_refused_with_its_owner(own: RunningBroker) -> None:
    """Two stacks on the same data would destroy it."""
    with pytest.raises(BrokerError, match=f"in use by the broker of process {os.getpid()}"):
        start(options(own.log.parent))


def test_a_claim_ends_with_its_file(tmp_path: Path) -> None:
    """Nothing is left to clean up after a crash."""
    held = claim(tmp_path / "lock", "1")
    assert held is not None
    assert claim(tmp_path / "lock", "2") is None
    held.close()
    again = claim(tmp_path / "lock", "3")
    assert again is not None
    again.close()


def test_a_jvm_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    """The message holds the end of the log and where it is."""
    small = msgspec.structs.replace(options(tmp_path), heap_mb=1)
    with pytest.raises(BrokerError, match=r"ended with exit code 1; the end of .*broker\.log"):
        start(small)


def test_stop_leaves_no_process(tmp_path: Path) -> None:
    """After stop the process is gone and the data folder is free."""
    running = start(options(tmp_path))
    pid = running.pid
    running.stop()
    assert not Path(f"/proc/{pid}").exists()
    held = claim(tmp_path / "in-use", "me")
    assert held is not None
    held.close()


async def test_aiokafka_commits_transactions(own: RunningBroker) -> None:
    """A read_committed reader sees what was committed and nothing that was aborted."""
    topic = _topic(own, "transactions")
    producer = AIOKafkaProducer(bootstrap_servers=own.bootstrap, transactional_id="t")
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(topic, b"aborted")
    await producer.abort_transaction()
    async with producer.transaction():
        await producer.send_and_wait(topic, b"committed")
    await producer.stop()
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=own.bootstrap, auto_offset_reset="earliest",
        isolation_level="read_committed",
    )  # fmt: skip
    await consumer.start()
    assert (await consumer.getone()).value == b"committed"
    await consumer.stop()


def test_confluent_kafka_produces_and_consumes(own: RunningBroker) -> None:
    """A foreign client library needs no special settings."""
    topic = _topic(own, "foreign")
    producer = Producer({"bootstrap.servers": own.bootstrap})
    producer.produce(topic, b"hello")
    assert producer.flush(20) == 0
    consumer = Consumer(
        {"bootstrap.servers": own.bootstrap, "group.id": "g", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    message = consumer.poll(20)
    consumer.close()
    assert message is not None
    assert message.value() == b"hello"
