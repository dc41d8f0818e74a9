"""Reads a record of a requests topic: an accepted request, or a rejection that says why."""

import re
from typing import Final, Literal, cast, get_args

import msgspec

from functions.claims.places import ClaimError, checked, place_of
from functions.cloudevents import CloudEvent, from_kafka, to_kafka
from functions.errors import PermanentError
from functions.rfc3339 import parse
from functions.schema import PlacementHeaders
from streams.identity import LONGEST, Identity, Position, usable
from streams.ports import Headers, Outgoing, Record
from streams.settings import Settings
from streams.tenants import Admission
from streams.topics import Topics

Reason = Literal["malformed", "oversized", "unsupported"]
PRIORITIES = (-100, 100)
"""Least and most urgent."""

OURS = frozenset(f"ce_{field}" for field in PlacementHeaders.__struct_fields__)
"""Headers of a placement; a producer's own headers of these names are replaced."""
ADMISSIONS: Final = get_args(Admission)
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_LARGEST = 2**31 - 1
_PLAIN_TRACE = "traceparent"
_FRAMING = 10
"""Bytes that Kafka adds to a header at most."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of every request, good or bad: who it is and where its answer goes."""

    identity: str
    request_id: str
    tenant: str
    source: str
    model: str
    record: Record
    reply_topic: str
    reply_partition: int | None = None
    reply_key: bytes | None = None
    traceparent: str = ""


class Accepted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A usable request. Times are POSIX seconds on the broker's clock."""

    envelope: Envelope
    deadline_s: float
    expiry_s: float
    priority: int
    admission: Admission | None
    """What this request asks for; None: what its tenant does."""
    headers: Headers
    """Of its placements, without ours."""
    value: bytes
    """Of its placements: the payload, or nothing where it lies elsewhere."""
    payload_bytes: int
    """What has to reach the function, wherever it lies; 0: not known."""


class Rejection(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record that cannot become a request."""

    envelope: Envelope
    reason: Reason
    message: str


class _RefusedError(PermanentError):
    def __init__(self, message: str, reason: Reason = "malformed") -> None:
        super().__init__(message)
        self.reason: Reason = reason


class Reader:
    """Reads records by the settings; never raises, whatever the bytes."""

    def __init__(self, settings: Settings, topics: Topics) -> None:
        self._settings = settings
        self._places = checked(settings.claim_checks)
        self._results = {name: topics.tenant(name, "results") for name in settings.tenants}
        self._topics = topics
        self._partitions = {row.name: row.partitions for row in topics.table()}

    def read(self, tenant: str, record: Record) -> Accepted | Rejection:
        """The request in ``record``, or why there is none."""
        try:
            event = from_kafka(record.headers, record.value)
        except (PermanentError, RecursionError) as error:
            return Rejection(
                envelope=self._bare(tenant, record), reason="malformed", message=str(error)
            )
        try:
            return self._accept(tenant, record, event)
        except _RefusedError as error:
            reason, message = error.reason, str(error)
        except PermanentError as error:
            reason, message = "malformed", str(error)
        bare = self._bare(tenant, record, event)
        return Rejection(envelope=bare, reason=reason, message=message)

    def _accept(self, tenant: str, record: Record, event: CloudEvent) -> Accepted:
        self._check_payload(record, event)
        reply_topic, reply_partition = self._reply(tenant, event)
        deadline_s, expiry_s = self._times(record, event)
        identity, request_id = _named(tenant, record, event)
        envelope = Envelope(
            identity=identity,
            request_id=request_id,
            tenant=tenant,
            source=event.source,
            model=event.subject,
            record=record,
            reply_topic=reply_topic,
            reply_partition=reply_partition,
            traceparent=_traceparent(record, event),
        )
        return Accepted(
            envelope=envelope,
            deadline_s=deadline_s,
            expiry_s=expiry_s,
            priority=_integer(event, "priority", *PRIORITIES) or 0,
            admission=_admission(event),
            headers=_placed_headers(record, event, request_id),
            value=event.data,
            payload_bytes=len(event.data) or _integer(event, "datasize", 0) or 0,
        )

    def _check_payload(self, record: Record, event: CloudEvent) -> None:
        limit = self._settings.max_request_bytes
        if len(record.value) > limit:
            message = f"value: found {len(record.value)} bytes, allowed: at most {limit}"
            raise _RefusedError(message, "oversized")
        if size_bytes(record) > limit:
            found = f"found {size_bytes(record)} bytes"
            message = f"record: {found} with key and headers, allowed: at most {limit}"
            raise _RefusedError(message, "oversized")
        if not event.subject.strip():
            raise _RefusedError("ce_subject: found nothing, allowed: the name of a model")
        for name, text in (("subject", event.subject), ("source", event.source)):
            if len(text) > LONGEST:
                found = f"found {len(text)} characters"
                raise _RefusedError(f"ce_{name}: {found}, allowed: at most {LONGEST}")
        if not event.data:
            self._check_claim(event)

    def _check_claim(self, event: CloudEvent) -> None:
        reference = event.extension("dataref")
        if not reference:
            allowed = "the model's input, or a ce_dataref that says where it lies"
            raise _RefusedError(f"value: found nothing, allowed: {allowed}")
        try:
            place_of(reference, self._places)
        except ClaimError as error:
            raise _RefusedError(str(error), "unsupported") from None

    def _times(self, record: Record, event: CloudEvent) -> tuple[float, float]:
        """Deadline and expiry: budgets by the producer's clock, from the broker's append time."""
        settings, append_s = self._settings, record.append_s
        sent_s = parse(event.time, "ce_time") if event.time else append_s
        budget_s = _budget(event, "deadline", sent_s)
        life_s = _budget(event, "expirytime", sent_s)
        if event.time and budget_s is not None and budget_s < 0:
            raise _RefusedError(f"ce_deadline: {-budget_s:g} s before ce_time, allowed: after it")
        if budget_s is None:
            fallback = settings.default_budget_s
            budget_s = fallback if life_s is None else min(fallback, life_s)
        if life_s is None:
            life_s = max(budget_s, 0.0) + settings.grace_s
        elif life_s < budget_s:
            raise _RefusedError("ce_expirytime: before ce_deadline, allowed: at or after it")
        life_s = min(life_s, settings.longest_life_s)
        return append_s + min(budget_s, life_s), append_s + life_s

    def _reply(self, tenant: str, event: CloudEvent) -> tuple[str, int | None]:
        results = self._results_of(tenant)
        topic = event.extension("replytopic") or results
        if topic != results and topic not in self._settings.reply_topics:
            allowed = ", ".join([results, *self._settings.reply_topics])
            raise _RefusedError(f"ce_replytopic: found {topic[:80]!r}, allowed: {allowed}")
        partition = _integer(event, "replypartition", 0)
        count = self._partitions.get(topic, _LARGEST)
        if partition is not None and partition >= count:
            raise _RefusedError(f"ce_replypartition: found {partition}, allowed: 0 to {count - 1}")
        return topic, partition

    def _results_of(self, tenant: str) -> str:
        return self._results.get(tenant) or self._topics.tenant(tenant, "results")

    def _bare(self, tenant: str, record: Record, event: CloudEvent | None = None) -> Envelope:
        """Of a record that is refused: named by its position, so that it may be sent again."""
        position = _position(record)
        request_id = event.id if event and usable(event.id) else _found_id(record) or position
        return Envelope(
            identity=position,
            request_id=request_id,
            tenant=tenant,
            source=event.source[:LONGEST] if event else "",
            model=event.subject[:LONGEST] if event else "",
            record=record,
            reply_topic=self._results_of(tenant),
            reply_key=record.key if len(record.key or b"") <= LONGEST else None,
            traceparent=_traceparent(record, event) if event else "",
        )


def size_bytes(record: Record | Outgoing) -> int:
    """What a record takes at most, uncompressed; compressed ones may pass the broker's limit."""
    headers = sum(len(name.encode()) + len(raw) + _FRAMING for name, raw in record.headers)
    return len(record.key or b"") + headers + len(record.value)


def _named(tenant: str, record: Record, event: CloudEvent) -> tuple[str, str]:
    """Identity and request id."""
    redrive = _integer(event, "redrive", 0) or 0
    if not usable(event.id):
        position = _position(record)
        return position, position
    identity = Identity(
        tenant=tenant,
        source=event.source,
        id=event.id,
        redrive=redrive,
        partition=record.partition,
    )
    return identity.encode(), event.id


def _position(record: Record) -> str:
    return Position(topic=record.topic, partition=record.partition, offset=record.offset).encode()


def _found_id(record: Record) -> str:
    """The id of an event that could not be read, if its header can."""
    for name, raw in record.headers:
        if name.lower() == "ce_id":
            text = raw.decode(errors="replace")
            return text if usable(text) else ""
    return ""


def _traceparent(record: Record, event: CloudEvent) -> str:
    found = event.extension(_PLAIN_TRACE)
    if not found:
        plain = (raw for name, raw in record.headers if name.lower() == _PLAIN_TRACE)
        found = next(plain, b"").decode(errors="replace")
    return found if len(found) <= LONGEST else ""


def _budget(event: CloudEvent, name: str, sent_s: float) -> float | None:
    text = event.extension(name)
    return parse(text, f"ce_{name}") - sent_s if text else None


def _admission(event: CloudEvent) -> Admission | None:
    text = event.extension("admission")
    if text and text not in ADMISSIONS:
        allowed = ", ".join(ADMISSIONS)
        raise _RefusedError(f"ce_admission: found {text[:40]!r}, allowed: {allowed}")
    return cast("Admission", text) if text else None


def _integer(event: CloudEvent, name: str, least: int, most: int = _LARGEST) -> int | None:
    text = event.extension(name)
    if not text:
        return None
    if not _INTEGER.fullmatch(text) or not least <= int(text) <= most:
        allowed = f"an integer from {least} to {most}"
        raise _RefusedError(f"ce_{name}: found {text[:40]!r}, allowed: {allowed}")
    return int(text)


def _placed_headers(record: Record, event: CloudEvent, request_id: str) -> Headers:
    """The original headers in their order, without those that a placement sets."""
    binary = event.data is record.value  # the codec copies the data of a structured event only
    source = record.headers if binary else to_kafka(event)[0]
    dropped = OURS if usable(event.id) else OURS | {"ce_id"}
    kept = tuple(header for header in source if header[0].lower() not in dropped)
    return kept if usable(event.id) else (*kept, ("ce_id", request_id.encode()))
