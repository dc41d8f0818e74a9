"""From Kafka records to HTTP messages."""

from streams.source import message


def test_binary() -> None:
    """Kafka's ce_ headers become HTTP's ce- headers; the value is untouched."""
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", "größe 1".encode()),
        ("ce_source", b"/camera"),
        ("ce_type", b"t"),
        ("ce_attempt", b"2"),
        ("content-type", b"audio/wav"),
        ("other", b"kept from the function"),
    )
    event = message.from_record("topic", 3, 14, headers, b"\x00\xff")
    assert event.place == "topic/3/14"
    assert event.headers == {
        "ce-specversion": "1.0",
        "ce-id": "gr%C3%B6%C3%9Fe%201",
        "ce-source": "/camera",
        "ce-type": "t",
        "ce-attempt": "2",
        "content-type": "audio/wav",
    }
    assert event.body == b"\x00\xff"


def test_foreign_record() -> None:
    """A record that is no CloudEvent becomes an event about itself."""
    event = message.from_record("topic", 3, 14, (("ce_id", b"\xff"),), None)
    assert event.headers["ce-type"] == "dev.knative.kafka.event"
    assert event.headers["ce-id"] == "partition:3/offset:14"
    assert event.headers["ce-source"] == "/kafka/topic"
    assert event.body == b""
