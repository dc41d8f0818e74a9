"""Reports to a real Kafka."""

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from functions.cloudevents import CloudEvent, from_kafka, to_http
from functions.errors import PermanentError, TemporaryError
from functions.reporting.kafka import KafkaReporter
from functions.reporting.line import Line
from functions.reporting.ports import Report
from functions.rfc3339 import render
from functions.schema import CAPACITY_TYPE, RESULT_TYPE, Capacity, Feedback
from tests.support.broker import Bootstrap
from tests.support.function_process import running
from tests.support.function_server import until

EVENT = CloudEvent(
    id="1", source="/s", type=RESULT_TYPE, subject="m", datacontenttype="application/json",
    extensions={"attempt": "2"}, data=b"{}",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Only we speak of Kafka being away, as in a function process."""
    logger = logging.getLogger("aiokafka")
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(logging.NOTSET)


async def _create(bootstrap: str, *names: str) -> None:
    admin: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    settings = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": "20000"}
    topics = [
        NewTopic(name, num_partitions=3, replication_factor=1, topic_configs=settings)
        for name in names
    ]
    await admin.create_topics(topics)
    await admin.close()


async def _read(bootstrap: str, topics: list[str], enough: Any) -> list[Any]:
    consumer: Any = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    records: list[Any] = []
    try:
        async with asyncio.timeout(60):
            while not enough(records):
                records.append(await consumer.getone())
    finally:
        await consumer.stop()
    return records


@pytest.mark.kafka
async def test_reports_arrive_as_cloudevents(broker: Bootstrap, topic_prefix: str) -> None:
    """Key, headers, value and partition are as asked; the receipt names the place."""
    topic = f"{topic_prefix}.results"
    await _create(broker.bootstrap, topic)
    reporter = KafkaReporter(broker.bootstrap, 1_000_000, Line())
    await reporter.start()
    receipt = await reporter.send(Report(topic=topic, key=b"7", event=EVENT, partition=2))
    assert abs(reporter.broker_time_s() - time.time()) < 5
    large = msgspec.structs.replace(EVENT, data=bytes(50_000))
    with pytest.raises(PermanentError, match=f"topic {topic}"):
        await reporter.send(Report(topic=topic, key=b"7", event=large))
    await reporter.stop()
    (record,) = await _read(broker.bootstrap, [topic], len)
    assert (record.key, record.partition, record.offset) == (b"7", 2, receipt.offset)
    assert from_kafka(record.headers, record.value) == EVENT


@pytest.mark.kafka
async def test_a_placement_over_kafka(broker: Bootstrap, topic_prefix: str, tmp_path: Path) -> None:
    """A whole function: its capacity, the result and then the feedback that names its offset."""
    latency, capacity, results = (
        f"{topic_prefix}.{name}" for name in ("system.latency", "system.capacity", "t.results")
    )
    await _create(broker.bootstrap, latency, capacity, results)
    environment = {
        "SYNERGAI_KAFKA_BOOTSTRAP": broker.bootstrap, "SYNERGAI_TOPIC_PREFIX": topic_prefix,
        "SYNERGAI_POOL": "edge", "SYNERGAI_INSTANCE": "edge-1",
    }  # fmt: skip
    with running(tmp_path, environment) as (process, address):
        assert await _post(address, results) == 200
        process.terminate()
        assert await asyncio.to_thread(process.wait, 60) == 0
    records = await _read(broker.bootstrap, [latency, results, capacity], _drained)
    by_topic = {topic: [r for r in records if r.topic == topic] for topic in (latency, results)}
    (result,), (feedback,) = by_topic[results], by_topic[latency]
    said = msgspec.json.decode(feedback.value, type=Feedback)
    assert (said.verdict, said.cold, feedback.partition) == ("answered", False, 2)
    place = (said.result_topic, said.result_partition, said.result_offset)
    assert place == (results, result.partition, result.offset)
    assert result.timestamp <= feedback.timestamp
    states = [c.state for c in _capacities(records)]
    assert (states[0], "ready" in states, states[-1]) == ("starting", True, "draining")
    listed = {h.identity for c in _capacities(records) for h in (*c.running, *c.queued)}
    assert listed <= {"i"}


async def _post(address: str, results: str) -> int:
    extensions = {
        "identity": "i", "attempt": "1", "pool": "edge", "configuration": "c",
        "leaseexpiry": render(time.time() + 60), "requesttopic": "r", "requestpartition": "2",
        "replytopic": results,
    }  # fmt: skip
    event = msgspec.structs.replace(
        EVENT, id="7", subject="double", datacontenttype="text/plain", data=b"1 2 3 4",
        extensions=extensions,
    )  # fmt: skip
    headers, body = to_http(event)
    async with httpx.AsyncClient(timeout=60) as client:
        return (await client.post(f"http://{address}/", content=body, headers=headers)).status_code


def _capacities(records: list[Any]) -> list[Capacity]:
    found = [r for r in records if from_kafka(r.headers, r.value).type == CAPACITY_TYPE]
    decoded = [msgspec.json.decode(r.value, type=Capacity) for r in found]
    return sorted(decoded, key=lambda c: c.sequence)


def _drained(records: list[Any]) -> bool:
    topics = {r.topic.rpartition(".")[2] for r in records}
    capacities = _capacities(records)
    ended = capacities and capacities[-1].state == "draining"
    return {"latency", "results"} <= topics and bool(ended)


async def test_says_once_that_kafka_is_away(caplog: pytest.LogCaptureFixture) -> None:
    """It keeps trying, and fails what is sent meanwhile as temporary."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reporter = KafkaReporter(f"127.0.0.1:{port}", 1_000_000, Line(), patience_s=0.2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.0):
            await reporter.start()
    assert [r.message.partition(":")[0] for r in caplog.records] == ["Kafka is away, trying again"]
    with pytest.raises(TemporaryError):
        await reporter.send(Report(topic="t", key=b"", event=EVENT))
    await reporter.stop()


@pytest.mark.kafka
async def test_connects_when_kafka_comes(
    broker: Bootstrap, topic_prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A function that starts before Kafka works as soon as Kafka is there, and says so."""
    topic = f"{topic_prefix}.results"
    await _create(broker.bootstrap, topic)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reporter = KafkaReporter(f"127.0.0.1:{port}", 1_000_000, Line())
    starting = asyncio.create_task(reporter.start())
    await until(lambda: bool(caplog.records))
    forwarder = await asyncio.start_server(partial(_forward, broker.bootstrap), "127.0.0.1", port)
    async with asyncio.timeout(60):
        await starting
    await reporter.send(Report(topic=topic, key=b"7", event=EVENT))
    await reporter.stop()
    forwarder.close()
    assert caplog.messages[-1] == "Kafka is back"
    assert len(caplog.messages) == 2


async def _forward(
    bootstrap: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    host, _, port = bootstrap.rpartition(":")
    there_reader, there_writer = await asyncio.open_connection(host, int(port))
    await asyncio.gather(_pipe(reader, there_writer), _pipe(there_reader, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
    writer.close()
