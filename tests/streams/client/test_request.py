"""From what a producer says to the record it sends."""

import pytest

from functions import rfc3339
from functions.cloudevents import from_kafka
from streams.client.request import Request, check_size, claimed, record
from streams.errors import StreamsError
from streams.schema import REQUEST_TYPE

NOW_S = 1_790_000_000.25


def request(**changed: object) -> Request:
    """A good one, with changes."""
    fields: dict[str, object] = {
        "model": "silero-vad",
        "data": b"RIFF",
        "media_type": "audio/wav",
        "request_id": "r1",
        "source": "/test",
        "now_s": NOW_S,
        "deadline_s": 0.15,
    }
    return Request(**(fields | changed))  # type: ignore[arg-type]


def test_binary_cloud_event() -> None:
    """The record is a CloudEvent in binary mode, keyed by the request id."""
    key, headers, value = record(request(expiry_s=2.0, priority=3))
    assert (key, value) == (b"r1", b"RIFF")
    assert dict(headers)["content-type"] == b"audio/wav"
    event = from_kafka(headers, value)
    assert (event.id, event.source, event.type) == ("r1", "/test", REQUEST_TYPE)
    assert event.subject == "silero-vad"
    assert rfc3339.parse(event.time, "time") == pytest.approx(NOW_S)
    assert rfc3339.parse(event.extension("deadline"), "deadline") == pytest.approx(NOW_S + 0.15)
    assert rfc3339.parse(event.extension("expirytime"), "expirytime") == pytest.approx(NOW_S + 2)
    assert event.extension("priority") == "3"


def test_key_of_choice() -> None:
    """A key of the producer's own decides the partition and is said in the event."""
    key, headers, _ = record(request(key="camera-7"))
    assert (key, dict(headers)["ce_partitionkey"]) == (b"camera-7", b"camera-7")


def test_extensions() -> None:
    """Extensions of the producer's own travel with the event."""
    _, headers, _ = record(request(extensions={"traceparent": "00-1-2-01"}))
    assert dict(headers)["ce_traceparent"] == b"00-1-2-01"


def test_defaults_are_left_out() -> None:
    """Without expiry, priority and key the event carries none."""
    _, headers, _ = record(request())
    assert not {"ce_expirytime", "ce_priority", "ce_partitionkey"} & set(dict(headers))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model": ""}, "model: found nothing"),
        ({"deadline_s": 0.0}, "deadline_s: found 0, allowed: above 0"),
        ({"deadline_s": float("nan")}, "deadline_s: found nan"),
        ({"extensions": {"replytopic": "t"}}, "found 'replytopic': the client reads answers"),
        ({"extensions": {"deadline": "now"}}, "found 'deadline': use deadline_s"),
        ({"extensions": {"Trace": "1"}}, "found 'Trace', allowed: lower-case"),
        ({"extensions": {"subject": "1"}}, "no attribute of CloudEvents"),
        ({"expiry_s": 0.1}, "expiry_s: found 0.1, allowed: at least deadline_s (0.15)"),
    ],
)
def test_wrong_fields(changed: dict[str, object], said: str) -> None:
    """A wrong field is named with what was found and what is allowed."""
    with pytest.raises(StreamsError) as caught:
        record(request(**changed))
    assert said in str(caught.value)


def test_size_limit() -> None:
    """A record above the limit is refused with its size, the topic and the limit."""
    key, headers, value = record(request(data=bytes(1000)))
    check_size(key, headers, value, 2000, "p.t.requests")
    with pytest.raises(StreamsError, match=r"1000 bytes .* p\.t\.requests: at most 1000 bytes"):
        check_size(key, headers, value, 1000, "p.t.requests")
    with pytest.raises(StreamsError, match="larger payloads go by claim check: Client"):
        check_size(key, headers, value, 1000, "p.t.requests")


def test_a_claimed_request_says_where_its_payload_lies() -> None:
    """And how large it is; the rest is as it was."""
    found = record(claimed(request(data=bytes(1000), extensions={"own": "1"}), "s3://b/1"))
    told = dict(found[1])
    assert (told["ce_dataref"], told["ce_datasize"], told["ce_own"]) == (b"s3://b/1", b"1000", b"1")
    assert (found[2], told["content-type"]) == (b"", b"audio/wav")
