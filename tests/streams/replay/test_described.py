"""What a line says of a record."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ports import Record
from streams.replay.described import described
from streams.replay.schema import Base64
from tests.support.worker_process import request_headers


def record(headers: list[tuple[str, bytes]], value: bytes = b"input") -> Record:
    """One appended at 100 s."""
    return Record(
        topic="t", partition=2, offset=9, append_s=100.0, key=b"\xff", headers=tuple(headers),
        value=value,
    )  # fmt: skip


def test_a_request() -> None:
    """Model, budgets, size and place are told; the bytes are there, unless they are not wanted."""
    headers = [*request_headers("r1", "quick", 0.25), ("ce_priority", b"3"), ("x", b"\xfe")]
    entry = described(record(headers), "default", 99.5, payload=True)
    assert (entry.id, entry.model, entry.priority, entry.size) == ("r1", "quick", 3, 5)
    assert entry.budget_s == pytest.approx(0.25)
    assert (entry.expiry_s, entry.at_s, entry.name) == (None, 0.5, "t/2/9")
    assert (entry.value, entry.key, entry.headers[-1]) == (
        b"input", Base64(b"\xff"), ("x", Base64(b"\xfe")),
    )  # fmt: skip
    bare = described(record(headers), "default", 99.5, payload=False)
    assert bare == msgspec.structs.replace(entry, value=msgspec.UNSET)


def test_without_the_producers_clock_budgets_run_from_the_append() -> None:
    """As the app counts them."""
    named = {"specversion": "1.0", "source": "/s", "type": "t", "subject": "m", "id": "1"}
    headers = [(f"ce_{name}", text.encode()) for name, text in named.items()]
    late = [*headers, ("ce_deadline", b"1970-01-01T00:01:41Z")]
    assert described(record(late), "default", 0.0, payload=True).budget_s == 1.0
    assert described(record(headers), "default", 0.0, payload=True).budget_s is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("deadline", "2026-01-31T11:59:59Z"), ("expirytime", "2026-01-31T12:00:00.5Z")],
)
def test_times_that_the_app_refuses_are_replayed_as_they_are(name: str, text: str) -> None:
    """A deadline before the sending, or an expiry before the deadline: rejected then and again."""
    named = {
        "specversion": "1.0", "source": "/s", "type": "t", "subject": "m", "id": "1",
        "time": "2026-01-31T12:00:00Z", "deadline": "2026-01-31T12:00:01Z", name: text,
    }  # fmt: skip
    headers = [(f"ce_{attribute}", value.encode()) for attribute, value in named.items()]
    entry = described(record(headers), "default", 0.0, payload=True)
    assert entry.malformed.startswith(f"ce_{name}: before ")


def test_a_structured_event_is_described_too() -> None:
    """Its attributes stand in the value."""
    fields = {
        "specversion": "1.0", "id": "7", "source": "/s", "type": "t", "subject": "quick",
        "time": "2026-01-31T12:00:00Z", "deadline": "2026-01-31T12:00:02Z", "data": {"a": 1},
    }  # fmt: skip
    headers = [("content-type", b"application/cloudevents+json")]
    entry = described(record(headers, msgspec.json.encode(fields)), "default", 0.0, payload=True)
    assert (entry.model, entry.budget_s) == ("quick", 2.0)


@given(st.lists(st.tuples(st.text(max_size=15), st.binary(max_size=30))), st.binary(max_size=60))
def test_whatever_the_bytes_there_is_a_line(headers: list[tuple[str, bytes]], value: bytes) -> None:
    """An event that the app would refuse is recorded with the reason."""
    entry = described(record(headers, value), "default", 0.0, payload=True)
    assert entry.value == value
    assert entry.malformed or entry.source
