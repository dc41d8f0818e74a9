"""A dead letter becomes a request again: the same id, the next redrive number. Pure.

The number follows from the letter, so a letter that is redriven twice is a repeat to the app.
"""

from collections.abc import Mapping
from typing import Final

from functions import rfc3339
from functions.cloudevents import CloudEvent, to_kafka
from functions.errors import MalformedEventError
from streams.deadletters.letter import Letter, original
from streams.errors import StreamsError
from streams.identity import usable
from streams.ports import Headers, Outgoing
from streams.requests import size_bytes

REDRIVE: Final = "ce_redrive"
_MEDIA_TYPE: Final = "content-type"
_TIMES: Final = ("ce_time", "ce_deadline", "ce_expirytime")
_OURS: Final = (*_TIMES, REDRIVE)
_DIGITS: Final = 9
_REPAIR: Final = "put it right with --set NAME=VALUE, or send its bytes anew (dlq show --payload)"


class CannotRedriveError(StreamsError):
    """This letter cannot become a request; the message says why."""


def redriven(
    letter: Letter,
    value: bytes,
    *,
    now_s: float,
    deadline_in_s: float | None = None,
    changes: Mapping[str, str] = {},
) -> Outgoing:
    """The request to send; its partition is the original's, as it belongs to the identity.

    ``now_s`` is the sender's clock (POSIX). The deadline is ``deadline_in_s`` from now; None: as
    far away as it was when the request was sent first, and where it had none, the deployment's
    default. ``changes`` replace CloudEvents attributes.

    Raises:
        CannotRedriveError: its bytes were not kept, or it is no event even with ``changes``.
    """
    if letter.cut:
        raise CannotRedriveError(
            f"{letter.position}: its {letter.size_bytes} bytes were too large to be kept"
        )
    headers, value = _binary(letter, value)
    headers = _changed(headers, changes)
    event = original(headers, value)
    if event is None:
        raise CannotRedriveError(f"{letter.position}: {letter.message}; {_REPAIR}")
    own = {REDRIVE: str(number(event)), **_times(letter, event, now_s, deadline_in_s)}
    if not usable(event.id):
        own["ce_id"] = letter.request_id
    kept = tuple(header for header in headers if header[0].lower() not in {*_OURS, *own})
    return Outgoing(
        topic=letter.origin.topic,
        key=letter.origin.key,
        headers=kept + tuple((name, text.encode()) for name, text in own.items()),
        value=value,
        partition=letter.origin.partition,
    )


def check(letter: Letter, request: Outgoing, topic: str, partitions: int, max_bytes: int) -> None:
    """Refuse what ``topic`` would not take; ``partitions`` 0: not known.

    Raises:
        CannotRedriveError: names what was found and what is allowed.
    """
    place = request.partition or 0
    if request.topic != topic:
        why = f"it lay on {request.topic}, allowed: {topic}"
    elif partitions and place >= partitions:
        why = f"it lay in partition {place}, allowed: 0 to {partitions - 1}"
    elif (size := size_bytes(request)) > max_bytes:
        why = f"found {size} bytes with key and headers, allowed: at most {max_bytes}"
    else:
        return
    raise CannotRedriveError(f"{letter.position}: {why}")


def number(event: CloudEvent) -> int:
    """The next redrive number of an event."""
    found = event.extension("redrive")
    return int(found) + 1 if found.isascii() and found.isdigit() and len(found) <= _DIGITS else 1


def budget_s(letter: Letter, event: CloudEvent) -> float | None:
    """How far away the deadline was when the request was sent; None where it had none."""
    return _span_s(letter, event, "deadline")


def _binary(letter: Letter, value: bytes) -> tuple[Headers, bytes]:
    """In binary mode, so that attributes can be set; a structured event is rewritten."""
    media_type = next((raw for n, raw in letter.headers if n.lower() == _MEDIA_TYPE), b"")
    if not media_type.strip().lower().startswith(b"application/cloudevents"):
        return letter.headers, value
    event = original(letter.headers, value)
    if event is None:
        raise CannotRedriveError(f"{letter.position}: {letter.message}; {_REPAIR}")
    headers, data = to_kafka(event)
    others = tuple(h for h in letter.headers if h[0].lower() != _MEDIA_TYPE)
    return others + headers, data


def _changed(headers: Headers, changes: Mapping[str, str]) -> Headers:
    named = {_header(name): text.encode() for name, text in changes.items()}
    kept = tuple(header for header in headers if header[0].lower() not in named)
    return kept + tuple(named.items())


def _header(name: str) -> str:
    return _MEDIA_TYPE if name in {"datacontenttype", _MEDIA_TYPE} else f"ce_{name}"


def _times(
    letter: Letter, event: CloudEvent, now_s: float, deadline_in_s: float | None
) -> dict[str, str]:
    """Sent now; deadline and expiry as far away as they were, unless another one is asked for."""
    soft_s = deadline_in_s if deadline_in_s is not None else budget_s(letter, event)
    hard_s = _span_s(letter, event, "expirytime")
    times = {"ce_time": rfc3339.render(now_s)}
    if soft_s is not None:
        times["ce_deadline"] = rfc3339.render(now_s + soft_s)
    if hard_s is not None and hard_s >= (soft_s or 0.0):
        times["ce_expirytime"] = rfc3339.render(now_s + hard_s)
    return times


def _span_s(letter: Letter, event: CloudEvent, name: str) -> float | None:
    try:
        sent_s = rfc3339.parse(event.time, "ce_time") if event.time else letter.origin.append_s
        span_s = rfc3339.parse(event.extension(name), f"ce_{name}") - sent_s
    except MalformedEventError:
        return None
    return span_s if span_s > 0 else None
