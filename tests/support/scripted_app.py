"""An app for tests of clients: answers every request at once, without scheduling anything."""

import json
import threading
from typing import Any, Self

import msgspec
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from functions.cloudevents import CloudEvent, from_kafka
from functions.schema import RESULT_TYPE
from streams.schema import OUTCOME_TYPE, Outcome
from streams.topics import TENANT_TOPICS


class ScriptedApp:
    """Echoes each request in two results, of which the first wins, and writes an outcome.

    The model ``none`` is rejected, ``silent`` gets nothing.
    """

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self._named = {name: f"{prefix}.default.{name}" for name in TENANT_TOPICS}
        self._bootstrap = bootstrap
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        admin = KafkaAdminClient(bootstrap_servers=self._bootstrap)
        admin.create_topics([NewTopic(name, 2, 1) for name in self._named.values()])
        admin.close()
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        consumer = KafkaConsumer(
            self._named["requests"],
            bootstrap_servers=self._bootstrap,
            auto_offset_reset="earliest",
        )
        producer = KafkaProducer(bootstrap_servers=self._bootstrap)
        while not self._ending.is_set():
            for records in consumer.poll(timeout_ms=50).values():
                for record in records:
                    self._answer(producer, record, from_kafka(record.headers, record.value))
        consumer.close()
        producer.close()

    def _answer(self, producer: Any, record: Any, event: CloudEvent) -> None:
        if event.subject == "silent":
            return
        place = None
        if event.subject != "none":
            place = self._result(producer, event, event.data.decode())
            self._result(producer, event, "a later attempt's answer")
        outcome = Outcome(
            identity=f"default/{event.id}",
            request_id=event.id,
            tenant="default",
            source=event.source,
            model=event.subject,
            kind="met" if place else "rejected",
            reason="" if place else "unknown-model",
            message="" if place else "no pool serves it",
            request_topic=record.topic,
            request_partition=record.partition,
            request_offset=record.offset,
            result_topic=place.topic if place else "",
            result_partition=place.partition if place else -1,
            result_offset=place.offset if place else -1,
        )
        headers = binary(event.id + "-o", OUTCOME_TYPE)
        producer.send(
            self._named["outcomes"],
            key=event.id.encode(),
            headers=headers,
            value=msgspec.json.encode(outcome),
        )

    def _result(self, producer: Any, event: CloudEvent, text: str) -> Any:
        outputs = [{"name": "answer", "datatype": "BYTES", "shape": [1], "data": [text]}]
        headers = [
            *binary(event.id + "-r", RESULT_TYPE),
            ("ce_correlationid", event.id.encode()),
            ("content-type", b"application/json"),
        ]
        sent = producer.send(
            self._named["results"],
            key=event.id.encode(),
            headers=headers,
            value=json.dumps({"model_name": event.subject, "outputs": outputs}).encode(),
        )
        return sent.get(timeout=10)


def binary(name: str, kind: str) -> list[tuple[str, bytes]]:
    """The headers that every event needs."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", name.encode()),
        ("ce_source", b"/app"),
        ("ce_type", kind.encode()),
    ]
