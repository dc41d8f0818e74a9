"""A recorded request as it is sent again: now, and nobody's repeat. Pure."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

import msgspec

from functions.cloudevents import CloudEvent, KafkaHeaders, from_kafka, to_kafka
from functions.rfc3339 import render
from streams.identity import LONGEST
from streams.replay.lines import unraw
from streams.replay.schema import Entry
from streams.schema import REQUEST_TYPE

DROPPED: Final = frozenset(
    {"ce_replytopic", "ce_replypartition", "ce_traceparent", "ce_tracestate", "traceparent",
     "tracestate"}
)  # fmt: skip
"""Answers go where results go, not to those who asked then; nor does a trace go on."""
_STRUCTURED: Final = b"application/cloudevents"
_DIGEST: Final = 16

Sample = Callable[[str], tuple[bytes, str]]
"""A model's own input and its media type, for requests without a payload."""
Outgoing = tuple[bytes | None, KafkaHeaders, bytes]
"""Key, headers, value."""


def mark(run: str) -> str:
    """What is added to the source of every request of one replay."""
    return f"/replay/{run}"


def retimed(entry: Entry, now_s: float, added: str, sample: Sample | None = None) -> Outgoing:
    """Key, headers and value; budgets run from ``now_s``, the id stays, the source is marked.

    A request that cannot be read is sent as it was. A structured event leaves in binary mode.

    Raises:
        UnknownModelError: it has no payload, and ``sample`` none for its model.
    """
    key, headers = unraw(entry.key), _headers(entry)
    if entry.malformed:
        return key, headers, entry.value if isinstance(entry.value, bytes) else b""
    now = _now(entry, now_s, added)
    if _is_structured(headers):
        headers, value = to_kafka(_plain(entry, headers))
    else:
        value = entry.value if isinstance(entry.value, bytes) else b""
    if not isinstance(entry.value, bytes) and sample is not None:
        value, media_type = sample(entry.model)
        now["content-type"] = media_type
    return key, tuple(_changed(headers, now)), value


def marked(source: str, added: str) -> str:
    """The source of a replayed request; one that would get too long keeps its digest."""
    if len(source) > LONGEST or len(source) + len(added) <= LONGEST:
        return source + added
    digest = sha256(source.encode(errors="surrogatepass")).hexdigest()[:_DIGEST]
    return f"{source[: LONGEST - len(added) - _DIGEST - 1]}~{digest}{added}"


def _headers(entry: Entry) -> KafkaHeaders:
    return tuple((name, unraw(held) or b"") for name, held in entry.headers)


def _now(entry: Entry, now_s: float, added: str) -> dict[str, str]:
    """The headers that are set anew."""
    named = {"ce_time": render(now_s), "ce_source": marked(entry.source, added)}
    if entry.budget_s is not None:
        named["ce_deadline"] = render(now_s + entry.budget_s)
    if entry.expiry_s is not None:
        named["ce_expirytime"] = render(now_s + entry.expiry_s)
    return named


def _changed(headers: KafkaHeaders, now: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """In their order; what was not there comes last."""
    left = dict(now)
    for name, raw in headers:
        lower = name.lower()
        if lower in now:
            text = left.pop(lower, None)
            if text is not None:
                yield name, text.encode()
        elif lower not in DROPPED:
            yield name, raw
    for name, text in left.items():
        yield name, text.encode()


def _is_structured(headers: KafkaHeaders) -> bool:
    found = (raw.strip().lower() for name, raw in headers if name.lower() == "content-type")
    return any(media_type.startswith(_STRUCTURED) for media_type in found)


def _plain(entry: Entry, headers: KafkaHeaders) -> CloudEvent:
    """Of a structured event, from its value, or from what the line says where there is none."""
    if isinstance(entry.value, bytes):
        return from_kafka(headers, entry.value)
    said = {"priority": entry.priority, "redrive": entry.redrive}
    event = CloudEvent(id=entry.id, source=entry.source, type=REQUEST_TYPE, subject=entry.model)
    extensions = {name: str(number) for name, number in said.items() if number}
    return msgspec.structs.replace(event, extensions=extensions)
