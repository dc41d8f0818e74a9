"""Producers and consumers that use none of our code: SDK events, confluent-kafka, kafka-python."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings import kafka as binding
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Consumer, Producer
from kafka import KafkaProducer

from functions.cloudevents import from_kafka
from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.worker_process import Deployment

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(120)]
WAV = b"RIFF\x00\xff"
Sent = tuple[bytes | None, list[tuple[str, bytes]], bytes]


def event(name: str) -> Any:
    """A request as the official SDK makes it."""
    now = datetime.now(UTC)
    attributes = {
        "specversion": "1.0", "id": name, "source": "/foreign", "type": "anything",
        "subject": "quick", "time": now, "datacontenttype": "audio/wav",
        "deadline": (now + timedelta(seconds=60)).isoformat(), "partitionkey": name,
    }  # fmt: skip
    return CloudEvent(attributes, WAV)


def requests() -> Mapping[str, Sent]:
    """One in each mode for each client, by id."""
    found: dict[str, Sent] = {}
    for client in ("confluent", "python"):
        for mode in ("binary", "structured"):
            name = f"{client}-{mode}"
            write = getattr(binding, f"to_{mode}_event")
            message = write(event(name))
            headers = [(header, bytes(raw)) for header, raw in message.headers.items()]
            found[name] = (name.encode(), headers, message.value)
    return found


def produce(bootstrap: str, topic: str) -> None:
    """Each client sends its own."""
    confluent = Producer({"bootstrap.servers": bootstrap})
    python = KafkaProducer(bootstrap_servers=bootstrap)
    for name, (key, headers, value) in requests().items():
        if name.startswith("confluent"):
            told: Any = headers
            confluent.produce(topic, value, key=key, headers=told)
        else:
            python.send(topic, value, key=key, headers=headers)
    confluent.flush(20)
    python.close()


def read(bootstrap: str, topic: str, count: int) -> list[Any]:
    """The first committed records of a topic, by confluent-kafka."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap, "group.id": uuid.uuid4().hex,
            "auto.offset.reset": "earliest", "isolation.level": "read_committed",
        }
    )  # fmt: skip
    consumer.subscribe([topic])
    found: list[Any] = []
    until_s = time.monotonic() + 30
    while len(found) < count and time.monotonic() < until_s:
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            found.append(message)
    consumer.close()
    return found


async def test_events_of_foreign_clients(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Both modes from both clients are met; result and outcome are read back by a foreigner."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    topics, names = deployment.topics, set(requests())
    async with function.running():
        with deployment.worker() as worker:
            await worker.ready()
            produce(broker.bootstrap, topics.tenant("default", "requests"))
            await function.took(names)
            for name in names:
                placed = function.events[name]
                assert (placed.data, placed.datacontenttype) == (WAV, "audio/wav")
            await deployment.concluded(names)
            assert worker.said() == ""
    outcomes = read(broker.bootstrap, topics.tenant("default", "outcomes"), len(names))
    told = {message.key().decode(): json.loads(message.value()) for message in outcomes}
    assert Counter(each["kind"] for each in told.values()) == {"met": len(names)}
    results = read(broker.bootstrap, topics.tenant("default", "results"), len(names))
    places = {(each.partition(), each.offset()): each for each in results}
    for name, outcome in told.items():
        assert outcome["source"] == "/foreign"
        result = places[outcome["result_partition"], outcome["result_offset"]]
        assert from_kafka(result.headers(), result.value()).extension("correlationid") == name
