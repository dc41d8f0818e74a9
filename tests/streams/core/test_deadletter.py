"""What of a record its dead letter keeps."""

from streams.core import deadletter
from streams.ports import Headers, Outgoing, Record
from streams.requests import size_bytes
from streams.schema import Outcome

LIMIT = 1000
OUTCOME = Outcome(
    identity="i", request_id="r", tenant="t", source="s", model="m", kind="rejected",
    reason="oversized", message="too large",
)  # fmt: skip


def letter(key: bytes = b"k", headers: Headers = (), value: bytes = b"v") -> Outgoing:
    """The dead letter of such a record."""
    record = Record(
        topic="requests", partition=1, offset=2, append_s=3.0, key=key, headers=headers, value=value
    )
    return deadletter.letter("dlq", record, OUTCOME, LIMIT)


def size(found: Outgoing) -> int:
    """What a letter takes."""
    record = Record(
        topic="", partition=0, offset=0, append_s=0.0, key=found.key, headers=found.headers,
        value=found.value,
    )  # fmt: skip
    return size_bytes(record)


def test_keeps_everything_that_fits() -> None:
    """Value, key and headers; those of an earlier dead letter are replaced."""
    found = letter(headers=(("h", b"\xff"), (deadletter.REASON, b"old"), ("h", b"2")))
    assert (found.value, found.headers[:2]) == (b"v", (("h", b"\xff"), ("h", b"2")))
    told = dict(found.headers)
    assert told[deadletter.REASON] == b"oversized"
    assert told[deadletter.ORIGINAL_KEY] == b"k"
    assert deadletter.CUT not in told


def test_leaves_out_a_value_that_does_not_fit() -> None:
    """Its size is told; headers and key are kept."""
    found = letter(headers=(("h", b"1"),), value=bytes(LIMIT))
    assert (found.value, dict(found.headers)[deadletter.CUT]) == (b"", b"1000")
    assert ("h", b"1") in found.headers


def test_leaves_out_headers_and_key_that_do_not_fit() -> None:
    """Compressed records may be larger than any topic takes; why and where from always fit."""
    for found in (letter(headers=(("h", bytes(LIMIT + 1)),)), letter(key=bytes(LIMIT + 1))):
        assert dict(found.headers)[deadletter.CUT] == b"1"
        assert dict(found.headers)[deadletter.EXCEPTION] == b"too large"
        assert size(found) < LIMIT
