"""Recorded requests as they are sent again."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from msgspec import UNSET

from streams.identity import LONGEST
from streams.ports import Record
from streams.replay.described import described
from streams.replay.retimed import mark, marked, retimed
from streams.replay.schema import Base64, Entry
from streams.requests import Accepted, Reader
from streams.settings import Settings
from streams.topics import Topics
from tests.support.recordings import entries, entry

NOW_S = 1_800_000_000.0
READER = Reader(Settings(), Topics(Settings()))


def again(recorded: Entry, **changes: Any) -> Accepted:
    """The request as the app accepts it 2 ms after it was sent."""
    key, headers, value = retimed(recorded, NOW_S, mark("abc"), **changes)
    record = Record(
        topic="t", partition=0, offset=0, append_s=NOW_S + 0.002, key=key, headers=headers,
        value=value,
    )  # fmt: skip
    found = READER.read("default", record)
    assert isinstance(found, Accepted)
    return found


def test_budgets_run_from_now() -> None:
    """Deadline and expiry are as far away as they were; id, key and payload stay."""
    found = again(entry(1, 7.0, budget_s=0.25, expiry_s=3.0))
    assert found.deadline_s == pytest.approx(NOW_S + 0.252)
    assert found.expiry_s == pytest.approx(NOW_S + 3.002)
    assert (found.envelope.request_id, found.envelope.record.key) == ("r1", b"r1")
    assert (found.value, dict(found.headers)["x"]) == (b"input", b"1")


def test_nothing_is_taken_for_a_repeat() -> None:
    """The source is marked, so that the identity is another; within one replay it is the same."""
    first, second = (
        retimed(entry(1, 0.0), NOW_S, mark(run))[1] for run in ("a", "b")
    )  # fmt: skip
    assert dict(first)["ce_source"] == b"/test/replay/a"
    assert dict(second)["ce_source"] == b"/test/replay/b"
    assert retimed(entry(1, 0.0), NOW_S, mark("a"))[1] == first


def test_answers_and_traces_of_then_are_left_alone() -> None:
    """Reply topics and trace contexts are dropped, however they are written; order stays."""
    headers = (
        ("CE_ReplyTopic", "theirs"), ("traceparent", "00-1"), ("x", Base64(b"\xff")),
        *entry(1, 0.0).headers,
    )  # fmt: skip
    names = [name for name, _ in retimed(entry(1, 0.0, headers=headers), NOW_S, "/r")[1]]
    assert names == [
        "x", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time",
        "ce_deadline", "x",
    ]  # fmt: skip


def test_an_event_without_times_gets_its_clock() -> None:
    """Budgets that ran from the append run from the time of sending; none stays none."""
    headers = tuple(h for h in entry(1, 0.0).headers if h[0] not in {"ce_time", "ce_deadline"})
    found = again(entry(1, 0.0, headers=headers, budget_s=None))
    assert found.deadline_s == pytest.approx(NOW_S + 0.002 + Settings().default_budget_s)


def test_a_structured_event_leaves_in_binary_mode() -> None:
    """Its data is the same, its times are new."""
    fields = {
        "specversion": "1.0", "id": "7", "source": "/s", "type": "t", "subject": "quick",
        "time": "2026-01-31T12:00:00Z", "deadline": "2026-01-31T12:00:02Z", "data": {"a": 1},
        "priority": 3,
    }  # fmt: skip
    record = Record(
        topic="t", partition=0, offset=0, append_s=0.0, key=b"k",
        headers=(("content-type", b"application/cloudevents+json"),),
        value=msgspec.json.encode(fields),
    )  # fmt: skip
    found = again(described(record, "default", 0.0, payload=True))
    assert found.deadline_s == pytest.approx(NOW_S + 2.002)
    assert (found.value, found.priority) == (b'{"a":1}', 3)
    bare = described(record, "default", 0.0, payload=False)
    sampled = again(bare, sample=lambda model: (model.encode(), "text/plain"))
    assert (sampled.value, sampled.priority, sampled.envelope.request_id) == (b"quick", 3, "7")


def test_a_payload_that_was_not_recorded_is_a_sample() -> None:
    """With the media type of the sample."""
    bare = entry(1, 0.0, value=UNSET)
    found = again(bare, sample=lambda _: (b"sample", "text/plain"))
    assert (found.value, dict(found.headers)["content-type"]) == (b"sample", b"text/plain")


def test_what_cannot_be_read_is_sent_as_it_was() -> None:
    """A malformed request is malformed again."""
    broken = entry(1, 0.0, malformed="no id", headers=(("a", "b"), ("ce_time", "noon")))
    assert retimed(broken, NOW_S, "/r") == (
        b"r1", (("a", b"b"), ("ce_time", b"noon")), b"input",
    )  # fmt: skip


@given(entries())
def test_any_line_can_be_sent(recorded: Entry) -> None:
    """Whatever was recorded gives a key, headers and a value; none of the old times is left."""
    _, headers, value = retimed(recorded, NOW_S, "/r")
    assert isinstance(value, bytes)
    assert recorded.malformed or dict(headers)["ce_time"].startswith(b"2027-01-15T08:00:00")


def test_long_sources_stay_usable_and_different() -> None:
    """A source at the limit keeps a digest of what is cut."""
    long = ["a" * LONGEST, "a" * (LONGEST - 1) + "b"]
    found = [marked(source, "/replay/12345678") for source in long]
    assert [len(source) for source in found] == [LONGEST, LONGEST]
    assert found[0] != found[1]
    assert marked("a" * (LONGEST + 1), "/r").startswith("a" * (LONGEST + 1))
