"""What Faust hands over, as the worker takes it."""

from typing import Any, NamedTuple

import pytest

from streams.agents import delivered, whole
from streams.errors import StreamsError


class Place(NamedTuple):
    """Faust's topic and partition."""

    topic: str
    partition: int


class Message(NamedTuple):
    """The parts of Faust's message that are used."""

    topic: str
    partition: int
    offset: int
    timestamp: float
    key: bytes | None
    value: bytes | None
    headers: Any


class Event(NamedTuple):
    """The parts of Faust's event that are used."""

    message: Message
    ack: Any


def test_a_whole_assignment() -> None:
    """Each number with all its topics."""
    places = [Place(topic, number) for topic in ("a", "b") for number in (0, 3)]
    assert whole(places, {"a", "b"}) == {0, 3}
    assert whole([], {"a", "b"}) == set()


def test_part_of_a_number_is_refused() -> None:
    """Names the partition and what it lacks."""
    places = [Place("a", 0), Place("b", 0), Place("a", 1)]
    with pytest.raises(StreamsError, match="partition 1 came without b, allowed"):
        whole(places, {"a", "b"})


def test_null_values_and_headers_become_empty() -> None:
    """Tombstones and null headers reach the core as records that it can refuse."""
    message = Message("requests", 2, 7, 12.5, None, None, [("a", None), ("a", b"1")])
    found = delivered(Event(message, lambda: True), {"requests": "default"})
    record = found.record
    assert (found.tenant, record.partition, record.offset) == ("default", 2, 7)
    assert (record.append_s, record.key, record.value) == (12.5, None, b"")
    assert record.headers == (("a", b""), ("a", b"1"))


def test_feedback_has_no_tenant() -> None:
    """Whatever stands in no requests topic; without headers there are none."""
    message = Message("latency", 0, 1, 1.0, b"k", b"v", None)
    found = delivered(Event(message, lambda: True), {"requests": "default"})
    assert (found.tenant, found.record.headers) == (None, ())
