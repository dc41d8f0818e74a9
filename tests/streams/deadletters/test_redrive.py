"""A dead letter becomes a request again."""

import json

import msgspec
import pytest

from functions.cloudevents import CloudEvent, from_kafka
from functions.rfc3339 import parse
from streams.deadletters.redrive import CannotRedriveError, check, redriven
from streams.ports import Headers, Outgoing, Record
from streams.requests import Accepted, Reader
from streams.settings import Settings
from streams.topics import Topics
from tests.support.dead_letters import HEADERS, letter, letter_record

NOW_S = 1769990000.0
READER = Reader(Settings(), Topics(Settings()))


def event(sent: Outgoing) -> CloudEvent:
    """As anybody reads it."""
    return from_kafka(sent.headers, sent.value)


def accepted(sent: Outgoing, offset: int = 0) -> Accepted:
    """As the app reads it."""
    record = Record(
        topic=sent.topic, partition=sent.partition or 0, offset=offset, append_s=NOW_S,
        key=sent.key, headers=sent.headers, value=sent.value,
    )  # fmt: skip
    found = READER.read("default", record)
    assert isinstance(found, Accepted), found.message
    return found


def without(*names: str) -> Headers:
    """The headers of an event that lacks some."""
    return tuple(header for header in HEADERS if header[0] not in names)


def test_it_goes_where_it_lay_as_it_was() -> None:
    """Topic, partition, key, bytes and foreign headers are the original's."""
    sent = redriven(letter(), b"input", now_s=NOW_S)
    assert (sent.topic, sent.partition, sent.key) == ("synergai.default.requests", 3, b"a")
    assert sent.value == b"input"
    assert ("x-own", b"\xff") in sent.headers
    assert len(sent.headers) == len({name for name, _ in sent.headers})


def test_its_identity_is_its_own_with_the_next_redrive_number() -> None:
    """So it is no repeat of the first, and a repeat of the same redrive."""
    first = redriven(letter(), b"input", now_s=NOW_S)
    again = redriven(letter(), b"input", now_s=NOW_S + 100)
    assert accepted(first).envelope.identity == "default/%2Fcamera%2F7/a/1/3"
    assert accepted(again, 1).envelope.identity == accepted(first).envelope.identity
    failed = letter(letter_record(headers=first.headers))
    assert event(redriven(failed, b"input", now_s=NOW_S)).extension("redrive") == "2"


def test_its_deadline_is_as_far_away_as_it_was() -> None:
    """From now; the same holds for its expiry, where it had one."""
    headers = (*HEADERS, ("ce_expirytime", b"2026-01-31T12:00:10Z"))
    found = event(redriven(letter(letter_record(headers=headers)), b"", now_s=NOW_S))
    assert parse(found.time, "") == NOW_S
    assert parse(found.extension("deadline"), "") == NOW_S + 2.0
    assert parse(found.extension("expirytime"), "") == NOW_S + 10.0


def test_another_deadline_may_be_asked_for() -> None:
    """An expiry before it is left to the deployment's default."""
    headers = (*HEADERS, ("ce_expirytime", b"2026-01-31T12:00:10Z"))
    old = letter(letter_record(headers=headers))
    found = event(redriven(old, b"", now_s=NOW_S, deadline_in_s=30.0))
    assert parse(found.extension("deadline"), "") == NOW_S + 30.0
    assert found.extension("expirytime") == ""


@pytest.mark.parametrize(
    "headers",
    [
        without("ce_deadline"),
        (*without("ce_deadline"), ("ce_deadline", b"soon")),
        (*without("ce_deadline"), ("ce_deadline", b"2020-01-01T00:00:00Z")),
    ],
)
def test_a_deadline_that_was_none_is_left_out(headers: Headers) -> None:
    """The deployment's default counts; what was malformed is not sent again."""
    found = event(redriven(letter(letter_record(headers=headers)), b"", now_s=NOW_S))
    assert found.extension("deadline") == ""


def test_without_a_time_the_append_time_counts() -> None:
    """The budget was counted from there."""
    old = letter(letter_record(headers=without("ce_time")))
    assert parse(event(redriven(old, b"", now_s=NOW_S)).extension("deadline"), "") == NOW_S + 2.0


def test_one_without_an_id_gets_the_one_of_its_outcome() -> None:
    """So that the new outcome has the same, and a repeat is recognised."""
    old = letter(letter_record("synergai.default.requests/3/40", headers=without("ce_id")))
    found = accepted(redriven(old, b"input", now_s=NOW_S))
    assert found.envelope.request_id == "synergai.default.requests/3/40"
    assert found.envelope.identity.endswith("/1/3")


def test_a_structured_event_is_sent_in_binary_mode() -> None:
    """Its attributes and data are the same."""
    fields = {
        "specversion": "1.0", "id": "s", "source": "/s", "type": "t", "subject": "m",
        "datacontenttype": "text/plain", "data": "hello", "redrive": 4,
    }  # fmt: skip
    headers = (("content-type", b"application/cloudevents+json"), ("x-own", b"1"))
    value = json.dumps(fields).encode()
    sent = redriven(letter(letter_record("s", headers=headers, value=value)), value, now_s=NOW_S)
    found = event(sent)
    assert (found.id, found.subject, found.datacontenttype) == ("s", "m", "text/plain")
    assert (found.data, found.extension("redrive")) == (b"hello", "5")
    assert ("x-own", b"1") in sent.headers


def test_what_was_malformed_is_put_right() -> None:
    """Attributes are replaced or added; the app accepts it."""
    old = letter(letter_record(headers=without("ce_subject", "ce_specversion")))
    changes = {"subject": "magika", "specversion": "1.0", "datacontenttype": "text/plain"}
    sent = redriven(old, b"input", now_s=NOW_S, changes=changes)
    assert accepted(sent).envelope.model == "magika"
    assert event(sent).datacontenttype == "text/plain"


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (letter_record(value=bytes(500), max_bytes=400), "0/0: its 500 bytes were too large"),
        (letter_record(headers=()), "0/0: because of unknown-model; put it right with --set"),
        (
            letter_record(headers=(("content-type", b"application/cloudevents+json"),)),
            "put it right with --set NAME=VALUE, or send its bytes anew",
        ),
    ],
)
def test_what_cannot_become_a_request_says_why(record: Record, said: str) -> None:
    """And what would help."""
    with pytest.raises(CannotRedriveError, match=said):
        redriven(letter(record), record.value, now_s=NOW_S)


def test_what_the_topic_would_refuse_is_refused_before() -> None:
    """Another topic, a partition that is no more, too many bytes."""
    old = letter()
    sent = redriven(old, b"input", now_s=NOW_S)
    check(old, sent, sent.topic, 4, 1000)
    check(old, sent, sent.topic, 0, 1000)
    elsewhere = msgspec.structs.replace(sent, topic="other")
    for wrong, count, most, said in (
        (elsewhere, 4, 1000, "it lay on other, allowed: synergai.default.requests"),
        (sent, 3, 1000, "it lay in partition 3, allowed: 0 to 2"),
        (sent, 4, 100, r"found \d+ bytes with key and headers, allowed: at most 100"),
    ):
        with pytest.raises(CannotRedriveError, match=said):
            check(old, wrong, "synergai.default.requests", count, most)
