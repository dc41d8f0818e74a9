"""From a Kafka record to the HTTP message a function gets."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from functions import cloudevents
from functions.errors import MalformedEventError
from streams.source.schema import Event

_FOREIGN_TYPE: Final = "dev.knative.kafka.event"


def from_record(
    topic: str,
    partition: int,
    offset: int,
    headers: Iterable[tuple[str, bytes | None]],
    value: bytes | None,
) -> Event:
    """CloudEvents in binary mode, the value untouched.

    A record that is no CloudEvent becomes an event about itself, as KafkaSource has it.
    """
    try:
        event = cloudevents.from_kafka(headers, value)
    except MalformedEventError:
        event = _about(topic, partition, offset, value or b"")
    named, body = cloudevents.to_http(event)
    return Event(
        place=f"{topic}/{partition}/{offset}",
        headers=named,
        body=body,
        batch=event.extension("batchid"),
    )


def _about(topic: str, partition: int, offset: int, data: bytes) -> cloudevents.CloudEvent:
    place = f"partition:{partition}/offset:{offset}"
    source = f"/kafka/{quote(topic)}"
    return cloudevents.CloudEvent(
        id=place, source=source, type=_FOREIGN_TYPE, subject=place, data=data
    )
