"""Dead letters: the original bytes, where they came from, why, and how often it was tried.

The only place where the names of these headers stand.
"""

from typing import Final

from streams.ports import Headers, Outgoing, Record
from streams.requests import size_bytes
from streams.schema import Outcome

ORIGINAL_TOPIC: Final = "dlq-original-topic"
ORIGINAL_PARTITION: Final = "dlq-original-partition"
ORIGINAL_OFFSET: Final = "dlq-original-offset"
ORIGINAL_TIMESTAMP: Final = "dlq-original-timestamp"
"""Milliseconds since 1970, as Kafka writes them."""
ORIGINAL_KEY: Final = "dlq-original-key"
"""Absent where the record had none."""
REASON: Final = "dlq-reason"
EXCEPTION: Final = "dlq-exception-message"
ATTEMPTS: Final = "dlq-attempts"
CUT: Final = "dlq-cut-bytes"
"""Size of a value that was too large to be kept; absent where it is whole."""

MARK: Final = "dlq-mark"
"""Of a record that is no letter but says what became of one in its partition: redriven, purged."""
MARK_OFFSET: Final = "dlq-mark-offset"
"""Of the letter that a mark is about."""
MARK_NAMES: Final = frozenset({MARK, MARK_OFFSET})

NAMES: Final = frozenset(
    {
        ORIGINAL_TOPIC,
        ORIGINAL_PARTITION,
        ORIGINAL_OFFSET,
        ORIGINAL_TIMESTAMP,
        ORIGINAL_KEY,
        REASON,
        EXCEPTION,
        ATTEMPTS,
        CUT,
    }
)


def letter(topic: str, record: Record, outcome: Outcome, max_bytes: int) -> Outgoing:
    """The dead letter of ``record``.

    A value is left out where the record is larger than ``max_bytes``, key and headers where they
    alone are.
    """
    kept = size_bytes(record) <= max_bytes
    headers = list(_why(record, outcome))
    if kept or size_bytes(record) - len(record.value) <= max_bytes:
        headers = [*_original(record), *headers, *_key(record)]
    if not kept:
        headers.append((CUT, str(len(record.value)).encode()))
    return Outgoing(
        topic=topic,
        key=outcome.request_id.encode(),
        headers=tuple(headers),
        value=record.value if kept else b"",
    )


def _why(record: Record, outcome: Outcome) -> Headers:
    named = {
        ORIGINAL_TOPIC: record.topic,
        ORIGINAL_PARTITION: str(record.partition),
        ORIGINAL_OFFSET: str(record.offset),
        ORIGINAL_TIMESTAMP: str(round(record.append_s * 1000)),
        REASON: outcome.reason,
        EXCEPTION: outcome.message,
        ATTEMPTS: str(outcome.attempts),
    }
    return tuple((name, text.encode()) for name, text in named.items())


def _original(record: Record) -> Headers:
    ours = NAMES | MARK_NAMES
    return tuple(header for header in record.headers if header[0] not in ours)


def _key(record: Record) -> Headers:
    return () if record.key is None else ((ORIGINAL_KEY, record.key),)
