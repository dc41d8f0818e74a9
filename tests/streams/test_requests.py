"""Reading a record of a requests topic."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.cloudevents import from_kafka
from functions.rfc3339 import render
from streams.identity import Identity
from streams.ports import Headers, Record
from streams.requests import OURS, Accepted, Reader, Rejection
from streams.settings import Settings
from streams.topics import Topics

NOW_S = 1_800_000_000.0
SKEW_S = 1234.5
"""How far the producer's clock is ahead of the broker's."""
SETTINGS = Settings(reply_topics=("mine",), max_request_bytes=1000)
READER = Reader(SETTINGS, Topics(SETTINGS))
NEEDED = {"specversion": "1.0", "id": "a", "source": "/s", "type": "t", "subject": "m"}


def record(
    attributes: dict[str, str],
    value: bytes = b"input",
    key: bytes | None = b"key",
    more: Headers = (),
) -> Record:
    """A record in binary mode."""
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return raw((*headers, *more), value, key)


def raw(headers: Headers, value: bytes, key: bytes | None = b"key") -> Record:
    """Any record."""
    return Record(
        topic="synergai.default.requests",
        partition=2,
        offset=40,
        append_s=NOW_S,
        key=key,
        headers=headers,
        value=value,
    )


def accepted(**attributes: str) -> Accepted:
    """The request of a record with these attributes besides the needed ones."""
    found = READER.read("default", record(NEEDED | attributes))
    assert isinstance(found, Accepted), found
    return found


def refused(read: Record) -> Rejection:
    """The rejection of a record."""
    found = READER.read("default", read)
    assert isinstance(found, Rejection), found
    return found


def test_a_request_needs_nothing_but_a_model_and_a_payload() -> None:
    """Deadline and expiry come from the settings; its name from tenant, source, id, partition."""
    request = accepted()
    named = Identity(tenant="default", source="/s", id="a", partition=2)
    assert request.envelope.identity == named.encode()
    assert request.envelope.request_id == "a"
    assert request.envelope.model == "m"
    assert request.envelope.reply_topic == "synergai.default.results"
    assert request.deadline_s == NOW_S + SETTINGS.default_budget_s
    assert request.expiry_s == request.deadline_s + SETTINGS.grace_s


def test_the_budget_counts_on_the_producers_clock_from_the_brokers_append_time() -> None:
    """A producer whose clock is off has the same deadline as any other."""
    sent_s = NOW_S + SKEW_S
    request = accepted(
        time=render(sent_s), deadline=render(sent_s + 2), expirytime=render(sent_s + 9)
    )
    assert request.deadline_s == pytest.approx(NOW_S + 2)
    assert request.expiry_s == pytest.approx(NOW_S + 9)


def test_without_a_time_the_append_time_stands_for_it() -> None:
    """The deadline is then read on the broker's clock, even one that is already past."""
    assert accepted(deadline=render(NOW_S + 3)).deadline_s == pytest.approx(NOW_S + 3)
    late = accepted(deadline=render(NOW_S - 3))
    assert late.deadline_s == pytest.approx(NOW_S - 3)
    assert late.expiry_s == pytest.approx(NOW_S + SETTINGS.grace_s)


def test_an_expiry_far_away_is_cut_to_the_longest_life() -> None:
    """And the deadline with it, so that nothing outlives the dedupe horizon."""
    request = accepted(deadline=render(NOW_S + 5000), expirytime=render(NOW_S + 9000))
    assert request.expiry_s == NOW_S + SETTINGS.longest_life_s
    assert request.deadline_s == request.expiry_s


def test_an_expiry_alone_bounds_the_default_deadline() -> None:
    """No request is due after there is no use for it."""
    assert accepted(expirytime=render(NOW_S + 1)).deadline_s == pytest.approx(NOW_S + 1)


def test_priority_redrive_and_trace_are_read() -> None:
    """The redrive number makes a new request of a dead letter."""
    request = accepted(priority="-7", redrive="2", traceparent="00-ab-cd-01")
    assert request.priority == -7
    assert request.envelope.identity.endswith("/2/2")
    assert request.envelope.traceparent == "00-ab-cd-01"
    header = ("traceparent", b"00-ef-gh-01")
    plain = READER.read("default", record(NEEDED, more=(header,)))
    assert plain.envelope.traceparent == "00-ef-gh-01"


def test_replies_go_to_allowed_topics_only() -> None:
    """The tenant's results or what the settings list."""
    request = accepted(replytopic="mine", replypartition="12")
    assert (request.envelope.reply_topic, request.envelope.reply_partition) == ("mine", 12)
    other = refused(record(NEEDED | {"replytopic": "synergai.other.results"}))
    assert "ce_replytopic" in other.message
    assert "synergai.default.results, mine" in other.message
    assert other.envelope.reply_topic == "synergai.default.results"


def test_an_event_without_a_usable_id_is_named_by_its_position() -> None:
    """And its placement carries that name, so that a function can answer it."""
    found = READER.read("default", record({**NEEDED, "id": " "}))
    assert isinstance(found, Accepted)
    assert found.envelope.identity == "synergai.default.requests/2/40"
    assert found.envelope.request_id == found.envelope.identity
    assert [v for k, v in found.headers if k == "ce_id"] == [b"synergai.default.requests/2/40"]


def test_a_binary_event_keeps_its_headers_in_their_order_without_ours() -> None:
    """A producer cannot pretend to be a placement."""
    forged = tuple((name.upper(), b"forged") for name in sorted(OURS) if "reply" not in name)
    mine = (("x-b", b"1"), ("content-type", b"audio/wav"), ("x-a", b"\xc3\xa9"))
    found = READER.read("default", record(NEEDED, more=(*forged, *mine)))
    assert isinstance(found, Accepted), found
    assert found.headers[-3:] == mine
    assert not {name.lower() for name, _ in found.headers} & OURS
    assert found.value == b"input"


def test_a_structured_event_is_placed_as_a_binary_one() -> None:
    """Same attributes, the data alone as value."""
    event = {**NEEDED, "datacontenttype": "application/json", "data": {"x": 1}, "pool": "forged"}
    content = ("content-type", b"application/cloudevents+json; charset=utf-8")
    found = READER.read("default", raw((content,), json.dumps(event).encode()))
    assert isinstance(found, Accepted), found
    placed = from_kafka(found.headers, found.value)
    assert json.loads(placed.data) == {"x": 1}
    assert (placed.id, placed.subject, placed.extensions) == ("a", "m", {})
    assert placed.datacontenttype == "application/json"


@pytest.mark.parametrize(
    ("attributes", "names"),
    [
        ({"subject": ""}, "ce_subject"),
        ({"source": ""}, "source"),
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "yesterday"}, "ce_time"),
        ({"deadline": "150"}, "ce_deadline"),
        ({"deadline": "2026-01-31"}, "ce_deadline"),
        ({"expirytime": "soon"}, "ce_expirytime"),
        ({"time": render(NOW_S), "deadline": render(NOW_S - 1)}, "ce_deadline"),
        ({"deadline": render(NOW_S + 9), "expirytime": render(NOW_S + 1)}, "ce_expirytime"),
        ({"priority": "high"}, "ce_priority"),
        ({"priority": "99999999999"}, "ce_priority"),
        ({"redrive": "-1"}, "ce_redrive"),
        ({"replypartition": "-1"}, "ce_replypartition"),
        ({"replypartition": "4"}, "ce_replypartition"),
    ],
)
def test_what_is_wrong_is_named(attributes: dict[str, str], names: str) -> None:
    """Field, what was found, what is allowed; the answer goes where it can be found."""
    rejection = refused(record(NEEDED | attributes))
    assert rejection.reason == "malformed"
    assert names in rejection.message
    assert rejection.envelope.request_id == "a"
    assert rejection.envelope.reply_key == b"key"


def test_a_refused_record_is_named_by_its_position() -> None:
    """So that the same id may be sent again, put right."""
    rejection = refused(record(NEEDED | {"priority": "high"}))
    assert rejection.envelope.identity == "synergai.default.requests/2/40"


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (record(NEEDED, value=b""), "malformed"),
        (record({}), "malformed"),
        (raw((), b"not an event"), "malformed"),
        (raw((("ce_id", b"\xff"),), b"x"), "malformed"),
        (raw((("content-type", b"application/cloudevents+json"),), b"[" * 90000), "malformed"),
        (record(NEEDED, value=b"x" * 1001), "oversized"),
        (record(NEEDED | {"dataref": "s3://bucket/key"}, value=b""), "unsupported"),
    ],
)
def test_unusable_records_have_a_reason(read: Record, reason: str) -> None:
    """Nothing is lost silently."""
    assert refused(read).reason == reason


def test_a_payload_may_lie_where_the_deployment_allows() -> None:
    """Its size is what the event says; the placement carries the reference on."""
    settings = Settings(claim_checks=("s3://bucket/in",))
    read = record(NEEDED | {"dataref": "s3://bucket/in/4711", "datasize": "5000000"}, value=b"")
    found = Reader(settings, Topics(settings)).read("default", read)
    assert isinstance(found, Accepted), found
    assert (found.value, found.payload_bytes) == (b"", 5_000_000)
    assert ("ce_dataref", b"s3://bucket/in/4711") in found.headers
    sized = record(NEEDED | {"dataref": "s3://bucket/in/4711", "datasize": "-1"}, value=b"")
    refusal = Reader(settings, Topics(settings)).read("default", sized)
    assert isinstance(refusal, Rejection)
    assert (refusal.reason, refusal.message[:23]) == ("malformed", "ce_datasize: found '-1'")
    elsewhere = record(NEEDED | {"dataref": "s3://bucket/other/4711"}, value=b"")
    refusal = Reader(settings, Topics(settings)).read("default", elsewhere)
    assert isinstance(refusal, Rejection)
    assert refusal.reason == "unsupported"
    assert refusal.message.endswith("allowed below: s3://bucket/in/")


def test_a_payload_that_came_along_needs_no_claim() -> None:
    """CloudEvents allow both; the bytes that are there count."""
    assert accepted(dataref="s3://anywhere/1", datasize="9").payload_bytes == len(b"input")


HEADER_NAMES = st.sampled_from(
    [f"ce_{name}" for name in (*NEEDED, "time", "deadline", "expirytime", "priority", "dataref")]
    + ["ce_replytopic", "ce_replypartition", "ce_redrive", "traceparent", "content-type"]
) | st.text(max_size=8)
VALUES = st.binary(max_size=12) | st.sampled_from(
    [b"1.0", b"m", b"application/cloudevents+json", b"2026-01-31T12:00:00Z", b"1", b"", b"mine"]
) | st.datetimes().map(lambda moment: f"{moment.isoformat()}Z".encode())  # fmt: skip
HEADERS = st.lists(st.tuples(HEADER_NAMES, VALUES), max_size=14).map(tuple)
GOOD = tuple((f"ce_{name}", text.encode()) for name, text in NEEDED.items())
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
EVENTS = st.dictionaries(st.sampled_from([*NEEDED, "data", "data_base64", "time"]), JSON_VALUES)


@settings(max_examples=300, deadline=None)
@given(HEADERS, st.binary(max_size=30) | EVENTS.map(json.dumps).map(str.encode), st.booleans())
def test_reading_never_raises(headers: Headers, value: bytes, good: bool) -> None:
    """Whatever the bytes: a request that can be placed, or a rejection with a message."""
    found = READER.read("default", raw((*GOOD, *headers) if good else headers, value))
    found.envelope.identity.encode()
    found.envelope.request_id.encode()
    if isinstance(found, Rejection):
        assert found.message
    else:
        assert from_kafka(found.headers, found.value).subject == found.envelope.model
        assert found.deadline_s <= found.expiry_s <= NOW_S + SETTINGS.longest_life_s
