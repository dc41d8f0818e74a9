"""Dead letters for tests, as the app writes them."""

from streams.core import deadletter
from streams.deadletters.letter import Letter, read
from streams.ports import Headers, Record
from streams.schema import Outcome, OutcomeKind

APPEND_S = 1769860800.0
HEADERS: Headers = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"a"),
    ("ce_source", b"/camera/7"),
    ("ce_type", b"t"),
    ("ce_subject", b"magika"),
    ("ce_time", b"2026-01-31T12:00:00Z"),
    ("ce_deadline", b"2026-01-31T12:00:02Z"),
    ("x-own", b"\xff"),
)


def letter_record(
    name: str = "a",
    *,
    partition: int = 0,
    offset: int = 0,
    reason: str = "unknown-model",
    headers: Headers = HEADERS,
    value: bytes = b"input",
    kind: OutcomeKind = "rejected",
    max_bytes: int = 10_000,
    append_s: float = APPEND_S,
) -> Record:
    """A dead letter as it lies on its topic."""
    original = Record(
        topic="synergai.default.requests", partition=3, offset=40 + offset, append_s=append_s,
        key=name.encode(), headers=headers, value=value,
    )  # fmt: skip
    outcome = Outcome(
        identity="i", request_id=name, tenant="default", source="/camera/7", model="magika",
        kind=kind, reason=reason, message=f"because of {reason}", attempts=2,
    )  # fmt: skip
    sent = deadletter.letter("synergai.default.dlq", original, outcome, max_bytes)
    return Record(
        topic=sent.topic, partition=partition, offset=offset, append_s=append_s, key=sent.key,
        headers=sent.headers, value=sent.value,
    )  # fmt: skip


def letter(record: Record | None = None) -> Letter:
    """A dead letter as it is read."""
    found = read(record or letter_record())
    assert isinstance(found, Letter)
    return found
