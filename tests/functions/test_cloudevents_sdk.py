"""The codec against the official CloudEvents SDK: Kafka and HTTP, both modes, both directions."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings import http, kafka
from cloudevents.core.v1.event import CloudEvent as SdkEvent

from functions import cloudevents, rfc3339

MOMENT = datetime(2026, 1, 31, 12, 0, 0, 250_000, UTC)
BODIES = [
    pytest.param("application/json", {"inputs": [1, 2]}, b'{"inputs": [1, 2]}', id="json"),
    pytest.param("audio/wav", b"RIFF\x00\xff", b"RIFF\x00\xff", id="binary"),
    pytest.param("text/plain", "größe", "größe".encode(), id="text"),
]


def sdk_event(media_type: str, data: Any) -> Any:
    """The SDK's event with every kind of attribute that we use."""
    return SdkEvent(
        {
            "specversion": "1.0",
            "id": "größe 1",
            "source": "/camera?x=1%",
            "type": "org.synergai.request.submitted.v1",
            "subject": "silero-vad",
            "time": MOMENT,
            "datacontenttype": media_type,
            "deadline": "2026-01-31T12:00:00.400Z",
            "priority": "3",
        },
        data,
    )


def expected(media_type: str, data: bytes) -> cloudevents.CloudEvent:
    """The same event as ours."""
    return cloudevents.CloudEvent(
        id="größe 1",
        source="/camera?x=1%",
        type="org.synergai.request.submitted.v1",
        subject="silero-vad",
        time="2026-01-31T12:00:00.250000Z",
        datacontenttype=media_type,
        extensions={"deadline": "2026-01-31T12:00:00.400Z", "priority": "3"},
        data=data,
    )


@pytest.mark.parametrize(("media_type", "data", "raw"), BODIES)
@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_from_sdk_kafka(mode: str, media_type: str, data: Any, raw: bytes) -> None:
    """Kafka records that the SDK writes in both modes are read as meant."""
    write = kafka.to_binary_event if mode == "binary" else kafka.to_structured_event
    message = write(sdk_event(media_type, data))
    event = cloudevents.from_kafka(message.headers.items(), message.value)
    assert event == expected(media_type, raw)
    assert rfc3339.parse(event.time, "time") == MOMENT.timestamp()


@pytest.mark.parametrize(("media_type", "data", "raw"), BODIES)
@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_from_sdk_http(mode: str, media_type: str, data: Any, raw: bytes) -> None:
    """HTTP messages that the SDK writes in both modes are read as meant."""
    write = http.to_binary_event if mode == "binary" else http.to_structured_event
    message = write(sdk_event(media_type, data))
    event = cloudevents.from_http(message.headers.items(), message.body)
    assert event == expected(media_type, raw)


@pytest.mark.parametrize(("media_type", "data", "raw"), BODIES)
def test_to_sdk_kafka(media_type: str, data: Any, raw: bytes) -> None:
    """The SDK reads our Kafka records as the same event."""
    headers, value = cloudevents.to_kafka(expected(media_type, raw))
    read = kafka.from_binary_event(kafka.KafkaMessage(dict(headers), None, value))
    assert read.get_attributes() == sdk_event(media_type, data).get_attributes()
    assert as_bytes(read.get_data()) == as_bytes(data)


@pytest.mark.parametrize(("media_type", "data", "raw"), BODIES)
def test_to_sdk_http(media_type: str, data: Any, raw: bytes) -> None:
    """The SDK reads our HTTP messages as the same event."""
    headers, body = cloudevents.to_http(expected(media_type, raw))
    read = http.from_binary_event(http.HTTPMessage(headers, body))
    assert read.get_attributes() == sdk_event(media_type, data).get_attributes()
    assert as_bytes(read.get_data()) == as_bytes(data)


def as_bytes(data: Any) -> Any:
    """Text as its bytes: the SDK guesses whether bytes are text."""
    return data.encode() if isinstance(data, str) else data
