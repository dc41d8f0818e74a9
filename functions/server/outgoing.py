"""The events an instance writes about one request."""

import time
from collections.abc import Mapping
from typing import Final

import msgspec

from functions import rfc3339
from functions.claims.places import ClaimError
from functions.cloudevents import CloudEvent
from functions.engine.job import Done, SkippedError
from functions.errors import (
    InputError,
    MalformedEventError,
    TemporaryError,
    UnknownModelError,
)
from functions.oip.schema import BINARY_EXTENSION
from functions.reporting.ports import Receipt, Report
from functions.schema import (
    FEEDBACK_TYPE,
    RESULT_TYPE,
    Feedback,
    PlacementHeaders,
    Timing,
    Verdict,
)
from functions.server.written import Written
from functions.settings import FunctionSettings

_REASONS: Final[Mapping[type[Exception], str]] = {
    InputError: "bad-input",
    ClaimError: "bad-dataref",
    UnknownModelError: "unknown-model",
    MalformedEventError: "malformed",
}


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How one attempt ended, for its feedback."""

    verdict: Verdict
    timing: Timing = Timing()
    reason: str = ""
    message: str = ""
    permanent: bool = True
    retry_after_s: float | None = None
    batch: int = 1
    cold: bool = False
    repeated: bool = False


def answered(done: Done, publish_s: float, *, repeated: bool) -> Ended:
    """The end of an attempt whose result is acknowledged."""
    timing = msgspec.structs.replace(done.timing, publish_s=publish_s)
    return Ended(
        verdict="answered", timing=timing, batch=done.batch, cold=done.cold, repeated=repeated
    )


def failed(error: Exception, reason: str = "") -> Ended:
    """The end of an attempt without a result."""
    message = str(error)
    if isinstance(error, SkippedError):
        return Ended(verdict="skipped", reason="lease-over", message=message)
    if isinstance(error, TemporaryError):
        return Ended(
            verdict="failed", reason="temporary", message=message, permanent=False,
            retry_after_s=error.after_s,
        )  # fmt: skip
    named = (name for kind, name in _REASONS.items() if isinstance(error, kind))
    return Ended(verdict="failed", reason=reason or next(named, "model-failed"), message=message)


def source(settings: FunctionSettings) -> str:
    """CloudEvents ``source`` of an instance."""
    return f"/synergai/{settings.pool}/{settings.instance}"


def result(
    settings: FunctionSettings, event: CloudEvent, written: Written, identity: str, attempt: int
) -> CloudEvent:
    """The answer to ``event``."""
    extensions = {
        "correlationid": event.id,
        "identity": identity,
        "attempt": str(attempt),
        "pool": settings.pool,
        "architecture": settings.architecture,
        "configuration": settings.configuration,
        "emulated": "true" if settings.emulated else "",
        "traceparent": event.extension("traceparent"),
        BINARY_EXTENSION: "" if written.json_length is None else str(written.json_length),
    }
    return CloudEvent(
        id=f"{identity}/result/{attempt}",
        source=source(settings),
        type=RESULT_TYPE,
        subject=event.subject,
        time=rfc3339.render(time.time()),
        datacontenttype=written.media_type,
        extensions={name: value for name, value in extensions.items() if value},
        data=written.body,
    )


def feedback(
    settings: FunctionSettings,
    event: CloudEvent,
    headers: PlacementHeaders,
    ended: Ended,
    receipt: Receipt | None,
) -> Report:
    """What the app learns of an attempt, in the partition number of its request."""
    body = Feedback(
        identity=headers.identity,
        request_id=event.id,
        tenant=headers.tenant,
        attempt=headers.attempt,
        model=event.subject,
        pool=settings.pool,
        architecture=settings.architecture,
        configuration=settings.configuration,
        instance=settings.instance,
        emulated=settings.emulated,
        result_topic=headers.replytopic if receipt else "",
        result_partition=receipt.partition if receipt else -1,
        result_offset=receipt.offset if receipt else -1,
        **msgspec.structs.asdict(ended),
    )
    return Report(
        topic=f"{settings.topic_prefix}.system.latency",
        key=event.id.encode(),
        partition=headers.requestpartition,
        event=CloudEvent(
            id=f"{headers.identity}/feedback/{headers.attempt}",
            source=source(settings),
            type=FEEDBACK_TYPE,
            subject=event.subject,
            time=rfc3339.render(time.time()),
            datacontenttype="application/json",
            data=msgspec.json.encode(body),
        ),
    )
