"""The CloudEvents codec: rules of the specification and malformed events of every kind."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.cloudevents import (
    STRUCTURED,
    CloudEvent,
    KafkaHeaders,
    from_http,
    from_kafka,
    to_http,
    to_kafka,
)
from functions.errors import MalformedEventError

GOOD: Mapping[str, bytes] = {
    "ce_specversion": b"1.0",
    "ce_id": b"1",
    "ce_source": b"/camera",
    "ce_type": b"org.synergai.request.submitted.v1",
}
TEXT = st.text(min_size=1, max_size=20).filter(str.strip)
NAMES = st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True).filter(
    lambda name: (
        name
        not in {
            "specversion",
            "id",
            "source",
            "type",
            "subject",
            "time",
            "datacontenttype",
            "dataschema",
            "data",
        }
    )
)
EVENTS = st.builds(
    CloudEvent,
    id=TEXT,
    source=TEXT,
    type=TEXT,
    subject=st.text(max_size=20),
    time=st.just("2026-01-31T12:00:00Z"),
    datacontenttype=st.sampled_from(["", "audio/wav", "application/json", "text/plain; q=1"]),
    dataschema=st.just(""),
    extensions=st.dictionaries(NAMES, st.text(max_size=20), max_size=4),
    data=st.binary(max_size=50),
)


def kafka(**changed: bytes | None) -> list[tuple[str, bytes | None]]:
    """Headers of a good event, changed: ``ce_x=…``; without those that are set to ``b"-"``."""
    named: dict[str, bytes | None] = {**GOOD, **changed}
    return [
        (name.replace("content_type", "content-type"), raw)
        for name, raw in named.items()
        if raw != b"-"
    ]


def structured(fields: object) -> tuple[KafkaHeaders, bytes]:
    """A record in structured mode."""
    return (("content-type", STRUCTURED.encode()),), json.dumps(fields).encode()


def attributes(**changed: object) -> dict[str, object]:
    """JSON members of a good event, changed."""
    good = {name.removeprefix("ce_"): raw.decode() for name, raw in GOOD.items()}
    return {**good, **changed}


@given(EVENTS)
def test_kafka_round_trip(event: CloudEvent) -> None:
    """What is written to Kafka is read back."""
    assert from_kafka(*to_kafka(event)) == event


@given(EVENTS)
def test_http_round_trip(event: CloudEvent) -> None:
    """What is written to HTTP is read back, and its headers are printable ASCII."""
    headers, body = to_http(event)
    assert all(value.isascii() and (value.isprintable()) for value in headers.values())
    assert from_http(headers.items(), body) == event


@given(
    headers=st.lists(
        st.tuples(
            st.one_of(st.sampled_from([*GOOD, "content-type", "ce_x"]), st.text(max_size=8)),
            st.one_of(
                st.none(), st.binary(max_size=12), st.sampled_from([b"1.0", STRUCTURED.encode()])
            ),
        ),
        max_size=8,
    ),
    value=st.one_of(st.none(), st.binary(max_size=60), st.text(max_size=40).map(str.encode)),
)
def test_anything_is_an_event_or_malformed(
    headers: list[tuple[str, bytes | None]], value: bytes | None
) -> None:
    """Whatever lies on a topic, the codec returns an event or says what is malformed."""
    try:
        event = from_kafka(headers, value)
    except MalformedEventError:
        return
    assert event.source
    assert to_http(event)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists))
def test_any_json_member(value: object) -> None:
    """Any JSON value of an attribute is taken or refused, nothing else."""
    headers, body = structured(attributes(x=value))
    try:
        event = from_kafka(headers, body)
    except MalformedEventError:
        return
    assert isinstance(event.extension("x"), str)


def test_binary_kafka() -> None:
    """Attributes come from ce_ headers, the media type from content-type, data from the value."""
    headers = kafka(ce_subject=b"magika", ce_deadline=b"d", content_type=b"image/png")
    event = from_kafka(headers, b"\x00\xff")
    assert (event.id, event.subject, event.extension("deadline")) == ("1", "magika", "d")
    assert (event.datacontenttype, event.data) == ("image/png", b"\x00\xff")


def test_header_names_in_any_case() -> None:
    """Clients that capitalise header names are understood."""
    assert from_kafka([(name.upper(), raw) for name, raw in GOOD.items()], None).id == "1"


def test_foreign_headers_are_ignored() -> None:
    """Headers of tracing tools, even ones that are no text, do not make an event malformed."""
    event = from_kafka([*kafka(), ("uber-trace-bin", b"\xff\xfe"), ("x", None)], b"")
    assert event.extensions == {}


def test_no_id() -> None:
    """An event without an id is read; the reader decides what that means."""
    assert from_kafka(kafka(ce_id=b"-"), b"").id == ""
    assert from_kafka(kafka(ce_id=None), b"").id == ""


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("plain", "plain"),
        ("Euro%20%E2%82%AC", "Euro \u20ac"),
        ('"two words"', "two words"),
        (r'"a \"b\" \\"', r'a "b" \ '.strip()),
        ("%2525", "%25"),
        ('"', '"'),
    ],
)
def test_http_values(value: str, read: str) -> None:
    """HTTP values are unquoted, then percent-decoded once."""
    headers = [(name.replace("_", "-"), raw.decode()) for name, raw in GOOD.items()]
    assert from_http([*headers, ("ce-x", value)], b"").extension("x") == read


@pytest.mark.parametrize(
    ("media_type", "data", "read"),
    [
        (None, {"a": 1}, b'{"a": 1}'),
        ("application/json", "text", b'"text"'),
        ("application/vnd.x+json; v=1", [1], b"[1]"),
        ("TEXT/JSON", "text", b'"text"'),
        ("text/plain", "größe", "größe".encode()),
        ("text/plain", {"a": 1}, b'{"a": 1}'),
        ("application/json", None, b""),
    ],
)
def test_structured_data(media_type: str | None, data: object, read: bytes) -> None:
    """JSON data stays JSON; text under another media type is its own bytes; null is no data."""
    fields = attributes(data=data, datacontenttype=media_type)
    event = from_kafka(*structured(fields))
    assert event.data == read
    assert event.datacontenttype == (media_type or "application/json")


def test_structured_base64() -> None:
    """Binary data comes in Base64; a null beside it is no second body."""
    fields = attributes(data=None, data_base64="AP8=", datacontenttype="image/png")
    assert from_kafka(*structured(fields)).data == b"\x00\xff"


def test_structured_attribute_types() -> None:
    """Integers and booleans become their CloudEvents text; null is absent."""
    event = from_kafka(*structured(attributes(priority=3, flag=True, gone=None)))
    assert event.extensions == {"priority": "3", "flag": "true"}


def test_structured_http_with_parameters() -> None:
    """The mode is seen through parameters and capitals of the media type."""
    _, body = structured(attributes())
    media_type = "Application/CloudEvents+JSON; charset=UTF-8"
    assert from_http([("Content-Type", media_type)], body).source == "/camera"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([], "header ce_specversion: found '', allowed: '1.0'"),
        (kafka(ce_specversion=b"0.3"), "header ce_specversion: found '0.3', allowed: '1.0'"),
        (kafka(ce_source=b"-"), "header ce_source: found nothing"),
        (kafka(ce_source=b" "), "header ce_source: found nothing"),
        (kafka(ce_type=None), "header ce_type: found nothing"),
        (kafka(ce_id=b"\xff"), "header ce_id: found b'\\xff', allowed: UTF-8"),
        (kafka(**{"ce_no-such": b"1"}), "header ce_no-such: bad attribute name"),
        (kafka(ce_=b"1"), "header ce_: bad attribute name"),
        (kafka(ce_data=b"1"), "header ce_data: bad attribute name"),
        (kafka(**{"ce_" + "x" * 41: b"1"}), "bad attribute name"),
        (kafka(content_type=b"a/b\r\nx: y"), "content-type: found 'a/b\\r\\nx: y'"),
        (kafka(content_type="ä/b".encode()), "printable ASCII"),
        (kafka(content_type=b"application/cloudevents-batch+json"), f"allowed: {STRUCTURED}"),
        (kafka(content_type=b"application/cloudevents+avro"), f"allowed: {STRUCTURED}"),
    ],
)
def test_malformed_binary(headers: list[tuple[str, bytes | None]], said: str) -> None:
    """A malformed event is refused with the header, what was found and what is allowed."""
    with pytest.raises(MalformedEventError) as caught:
        from_kafka(headers, b"")
    assert said in str(caught.value)


MEMBERS = b'{"specversion": "1.0", "id": "1", "source": "/s", "type": "t"'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON object"),
        (b"[]", "no JSON object"),
        (b"\xff", "no JSON object"),
        (MEMBERS, "no JSON object"),
        (b"{}", "attribute specversion: found ''"),
        (MEMBERS + b', "x": 1.5}', "attribute x: found 1.5, allowed: a string, integer or boolean"),
        (MEMBERS + b', "x": {}}', "attribute x: found {}"),
        (MEMBERS + b', "x": 1e999}', "attribute x: found unusable JSON"),
        (MEMBERS + b', "x": "\xff"}', "attribute x: found unusable JSON"),
        (MEMBERS + b', "x": "\\ud800"}', "JSON"),
        (MEMBERS + b', "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "JSON"),
        (MEMBERS + b', "No-Such": "1"}', "attribute No-Such: bad attribute name"),
        (MEMBERS + b', "data_base64": "!"}', "attribute data_base64: no Base64"),
        (MEMBERS + b', "data_base64": 1}', "attribute data_base64: no Base64"),
        (MEMBERS + b', "data": 1, "data_base64": "AA=="}', "found data and data_base64"),
        (MEMBERS + b', "datacontenttype": "a\\nb"}', "content-type: found"),
    ],
)
def test_malformed_structured(body: bytes, said: str) -> None:
    """A malformed structured event is refused with the attribute, what was found and allowed."""
    with pytest.raises(MalformedEventError) as caught:
        from_kafka([("content-type", STRUCTURED.encode())], body)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 300


def test_malformed_http() -> None:
    """Percent-encoding that is no UTF-8 is refused."""
    headers = [(name.replace("_", "-"), raw.decode()) for name, raw in GOOD.items()]
    with pytest.raises(MalformedEventError, match="header ce-x: found '%FF'"):
        from_http([*headers, ("ce-x", "%FF")], b"")
