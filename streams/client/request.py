"""From what a producer says to the record it sends."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from functions import rfc3339
from functions.cloudevents import CloudEvent, KafkaHeaders, to_kafka
from streams.errors import StreamsError
from streams.requests import PRIORITIES
from streams.schema import REQUEST_TYPE

_RECORD_BYTES: Final = 128
"""What Kafka itself adds to one record, generously."""
_OTHERWISE_SAID: Final = {
    "deadline": "use deadline_s",
    "expirytime": "use expiry_s",
    "priority": "use priority",
    "partitionkey": "use key",
    "replytopic": "the client reads answers where results go",
    "replypartition": "the client reads answers where results go",
}
_EXTENSION: Final = re.compile(r"[a-z0-9]{1,20}", re.ASCII)


class TooLargeError(StreamsError):
    """A record that its topic does not take."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request; ``now_s`` is the producer's clock in POSIX seconds."""

    model: str
    data: bytes
    media_type: str
    request_id: str
    source: str
    now_s: float
    deadline_s: float
    """From now."""
    expiry_s: float | None = None
    """From now; None: the deployment's grace after the deadline."""
    priority: int = 0
    key: str = ""
    """Requests of one key share a partition; empty: the request id."""
    extensions: Mapping[str, str] = {}


def record(request: Request) -> tuple[bytes, KafkaHeaders, bytes]:
    """Key, headers and value of the record.

    Raises:
        StreamsError: names the field, what was found and what is allowed.
    """
    _check(request)
    extensions = {"deadline": rfc3339.render(request.now_s + request.deadline_s)}
    if request.expiry_s is not None:
        extensions["expirytime"] = rfc3339.render(request.now_s + request.expiry_s)
    if request.priority:
        extensions["priority"] = str(request.priority)
    if request.key:
        extensions["partitionkey"] = request.key
    event = CloudEvent(
        id=request.request_id,
        source=request.source,
        type=REQUEST_TYPE,
        subject=request.model,
        time=rfc3339.render(request.now_s),
        datacontenttype=request.media_type,
        extensions=extensions | dict(request.extensions),
        data=request.data,
    )
    headers, value = to_kafka(event)
    return (request.key or request.request_id).encode(), headers, value


def claimed(request: Request, reference: str) -> Request:
    """The same request, whose payload lies at ``reference``."""
    where = {"dataref": reference, "datasize": str(len(request.data))}
    extensions = {**request.extensions, **where}
    return msgspec.structs.replace(request, data=b"", extensions=extensions)


def check_size(key: bytes, headers: KafkaHeaders, value: bytes, limit: int, topic: str) -> None:
    """Refuse here what the broker would refuse.

    Raises:
        TooLargeError: the record is larger than the topic's limit; says what would help.
    """
    envelope = sum(len(name) + len(text) + 4 for name, text in headers)
    size = len(key) + len(value) + envelope + _RECORD_BYTES
    if size > limit:
        raise TooLargeError(
            f"data: found {len(value)} bytes ({size} with its headers), "
            f"allowed on {topic}: at most {limit} bytes (SYNERGAI_MAX_REQUEST_BYTES); larger "
            f"payloads go by claim check: Client(claim_check=URL) or submit --claim-check URL"
        )


def _check(request: Request) -> None:
    if not request.model:
        raise StreamsError("model: found nothing, allowed: the name of a model")
    if not request.deadline_s > 0:
        raise StreamsError(f"deadline_s: found {request.deadline_s:g}, allowed: above 0")
    if request.expiry_s is not None and request.expiry_s < request.deadline_s:
        found = f"expiry_s: found {request.expiry_s:g}"
        raise StreamsError(f"{found}, allowed: at least deadline_s ({request.deadline_s:g})")
    least, most = PRIORITIES
    if not least <= request.priority <= most:
        found = f"priority: found {request.priority}"
        raise StreamsError(f"{found}, allowed: an integer from {least} to {most}")
    for name in request.extensions:
        _check_extension(name)


def _check_extension(name: str) -> None:
    if name in _OTHERWISE_SAID:
        raise StreamsError(f"extensions: found {name!r}: {_OTHERWISE_SAID[name]}")
    if not _EXTENSION.fullmatch(name) or name in {*CloudEvent.__struct_fields__, "specversion"}:
        allowed = "lower-case letters and digits, at most 20, no attribute of CloudEvents"
        raise StreamsError(f"extensions: found {name!r}, allowed: {allowed}")
