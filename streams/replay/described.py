"""From a record of a requests topic to a line of a recording. Pure."""

import re
from typing import Final

import msgspec
from msgspec import UNSET

from functions.cloudevents import CloudEvent, from_kafka
from functions.errors import PermanentError
from functions.rfc3339 import parse
from streams.ports import Record
from streams.replay.lines import raw
from streams.replay.schema import Ended, Entry
from streams.schema import Outcome

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)


def described(record: Record, tenant: str, begun_s: float, *, payload: bool) -> Entry:
    """The line; ``begun_s``: when the first request of the file was appended."""
    entry = Entry(
        at_s=max(0.0, round(record.append_s - begun_s, 6)),
        accepted_s=record.append_s,
        tenant=tenant,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        size=len(record.value),
        headers=tuple((name, raw(value)) for name, value in record.headers),
        key=raw(record.key),
        value=record.value if payload else UNSET,
    )
    try:
        asked = _asked(from_kafka(record.headers, record.value), record.append_s)
    except (PermanentError, RecursionError) as error:
        return msgspec.structs.replace(entry, malformed=str(error))
    return msgspec.structs.replace(entry, **asked)


def ended(outcome: Outcome) -> Ended:
    """The outcome as a recording holds it."""
    spent = outcome.breakdown
    return Ended(
        kind=outcome.kind,
        reason=outcome.reason,
        pool=outcome.pool,
        architecture=outcome.architecture,
        configuration=outcome.configuration,
        attempt=outcome.attempt,
        attempts=outcome.attempts,
        latency_s=spent.total_s,
        pending_s=spent.pending_s,
        hop_s=spent.hop_s,
        queue_s=spent.queue_s,
        service_s=spent.service_s,
        excess_s=outcome.excess_s,
        predicted_s=outcome.predicted_s,
        emulated=outcome.emulated,
    )


def _asked(event: CloudEvent, append_s: float) -> dict[str, object]:
    """What the producer asked for; its budgets by its own clock, as the app counts them."""
    sent_s = parse(event.time, "ce_time") if event.time else append_s
    budget_s = _budget(event, "deadline", sent_s)
    expiry_s = _budget(event, "expirytime", sent_s)
    if event.time and (budget_s or 0.0) < 0:
        return {"malformed": "ce_deadline: before ce_time, allowed: after it"}
    if expiry_s is not None and expiry_s < (budget_s or 0.0):
        return {"malformed": "ce_expirytime: before ce_deadline, allowed: at or after it"}
    return {
        "id": event.id,
        "source": event.source,
        "model": event.subject,
        "redrive": max(0, _integer(event, "redrive")),
        "budget_s": None if budget_s is None else max(0.0, budget_s),
        "expiry_s": expiry_s,
        "priority": _integer(event, "priority"),
    }


def _budget(event: CloudEvent, name: str, sent_s: float) -> float | None:
    text = event.extension(name)
    return round(parse(text, f"ce_{name}") - sent_s, 6) if text else None


def _integer(event: CloudEvent, name: str) -> int:
    text = event.extension(name)
    return int(text) if _INTEGER.fullmatch(text) else 0
