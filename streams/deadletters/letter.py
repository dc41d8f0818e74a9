"""A dead letter, or a mark that says what became of one, read from its record. Pure."""

from typing import Literal

import msgspec

from functions.cloudevents import CloudEvent, from_kafka
from functions.errors import MalformedEventError
from streams.core import deadletter as names
from streams.ports import Headers, Record

Fate = Literal["redriven", "purged"]
"""What a mark may say."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where the record lay that became a dead letter."""

    topic: str
    partition: int
    offset: int
    append_s: float
    """POSIX seconds on the broker's clock."""
    key: bytes | None = None


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter without its payload, which may be large; ``size_bytes`` is the payload's."""

    partition: int
    offset: int
    append_s: float
    request_id: str
    model: str
    reason: str
    message: str
    attempts: int
    origin: Origin
    headers: Headers
    """Of the original, without ours."""
    size_bytes: int
    cut: bool = False
    """The payload was too large to be kept."""

    @property
    def position(self) -> str:
        """Its name among dead letters of one tenant: ``partition/offset``."""
        return f"{self.partition}/{self.offset}"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Says what became of the letter at ``partition``/``offset``."""

    partition: int
    offset: int
    fate: Fate


class UnreadableError(ValueError):
    """A record that is neither a dead letter nor a mark."""


def read(record: Record) -> Letter | Mark:
    """The letter or mark in a record of a dlq topic.

    Raises:
        UnreadableError: it is neither; names the place and the header.
    """
    told = dict(record.headers)
    place = f"{record.topic}/{record.partition}/{record.offset}"
    try:
        if names.MARK in told:
            return _mark(record, told)
        return _letter(record, told)
    except KeyError as error:
        raise UnreadableError(f"{place}: found no header {error.args[0]}") from None
    except (ValueError, msgspec.ValidationError) as error:
        raise UnreadableError(f"{place}: {error}") from None


def original(headers: Headers, value: bytes) -> CloudEvent | None:
    """The event that became a dead letter; None where it cannot be read as one."""
    try:
        return from_kafka(headers, value)
    except (MalformedEventError, RecursionError):
        return None


def _letter(record: Record, told: dict[str, bytes]) -> Letter:
    kept = tuple(header for header in record.headers if header[0] not in names.NAMES)
    cut = told.get(names.CUT)
    return Letter(
        partition=record.partition,
        offset=record.offset,
        append_s=record.append_s,
        request_id=(record.key or b"").decode(errors="replace"),
        model=_model(kept, record.value),
        reason=told[names.REASON].decode(errors="replace"),
        message=told[names.EXCEPTION].decode(errors="replace"),
        attempts=int(told[names.ATTEMPTS]),
        origin=Origin(
            topic=told[names.ORIGINAL_TOPIC].decode(errors="replace"),
            partition=int(told[names.ORIGINAL_PARTITION]),
            offset=int(told[names.ORIGINAL_OFFSET]),
            append_s=int(told[names.ORIGINAL_TIMESTAMP]) / 1000,
            key=told.get(names.ORIGINAL_KEY),
        ),
        headers=kept,
        size_bytes=len(record.value) if cut is None else int(cut),
        cut=cut is not None,
    )


def _mark(record: Record, told: dict[str, bytes]) -> Mark:
    fate = msgspec.convert(told[names.MARK].decode(), Fate)
    return Mark(partition=record.partition, offset=int(told[names.MARK_OFFSET]), fate=fate)


def _model(headers: Headers, value: bytes) -> str:
    """The model as the original names it, as far as it can be read."""
    event = original(headers, value)
    if event is not None:
        return event.subject
    plain = (raw for name, raw in headers if name.lower() == "ce_subject")
    return next(plain, b"").decode(errors="replace")
