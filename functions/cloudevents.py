"""CloudEvents 1.0 on Kafka and HTTP: binary and structured in, binary out.

Source of the rules: the CloudEvents specification 1.0.2 with its Kafka and HTTP protocol bindings.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from functions.errors import MalformedEventError

STRUCTURED = "application/cloudevents+json"
_CORE = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
_NAME = re.compile(r"[a-z0-9]{1,40}")
_HTTP_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')

KafkaHeaders = tuple[tuple[str, bytes], ...]


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event. ``id`` is empty where the sender gave none; the reader decides what that means."""

    id: str
    source: str
    type: str
    subject: str = ""
    time: str = ""
    datacontenttype: str = ""
    dataschema: str = ""
    extensions: Mapping[str, str] = {}
    data: bytes = b""

    def extension(self, name: str) -> str:
        """The extension's value, empty where it is absent."""
        return self.extensions.get(name, "")

    def attributes(self) -> dict[str, str]:
        """Every attribute but ``datacontenttype``, without empty ones, ready to be prefixed."""
        core = {name: getattr(self, name) for name in _CORE[1:] if name != "datacontenttype"}
        return {"specversion": "1.0"} | {k: v for k, v in core.items() if v} | dict(self.extensions)


def from_kafka(headers: Iterable[tuple[str, bytes | None]], value: bytes | None) -> CloudEvent:
    """Read a Kafka record in binary or structured mode.

    Raises:
        MalformedEventError: names the header, what was found and what is allowed.
    """
    named = {name.lower(): _text(name, raw) for name, raw in headers}
    media_type = named.get("content-type", "")
    if _is_structured(media_type):
        return _structured(value or b"")
    attributes = {k[3:]: v for k, v in named.items() if k.startswith("ce_")}
    return _event(attributes, media_type, value or b"", "header ce_")


def to_kafka(event: CloudEvent) -> tuple[KafkaHeaders, bytes]:
    """Headers and value of a Kafka record in binary mode."""
    pairs = [(f"ce_{name}", value.encode()) for name, value in event.attributes().items()]
    if event.datacontenttype:
        pairs.append(("content-type", event.datacontenttype.encode()))
    return tuple(pairs), event.data


def from_http(headers: Iterable[tuple[str, str]], body: bytes) -> CloudEvent:
    """Read an HTTP message in binary or structured mode.

    Raises:
        MalformedEventError: names the header, what was found and what is allowed.
    """
    named = {name.lower(): value for name, value in headers}
    media_type = named.get("content-type", "")
    if _is_structured(media_type):
        return _structured(body)
    attributes = {k[3:]: unquote(v) for k, v in named.items() if k.startswith("ce-")}
    return _event(attributes, media_type, body, "header ce-")


def to_http(event: CloudEvent) -> tuple[dict[str, str], bytes]:
    """Headers and body of an HTTP message in binary mode."""
    named = {f"ce-{k}": quote(v, safe=_HTTP_SAFE) for k, v in event.attributes().items()}
    if event.datacontenttype:
        named["content-type"] = event.datacontenttype
    return named, event.data


def _is_structured(media_type: str) -> bool:
    essence = media_type.partition(";")[0].strip().lower()
    if essence.startswith("application/cloudevents") and essence != STRUCTURED:
        raise MalformedEventError(f"content-type: found {essence!r}, allowed: {STRUCTURED}")
    return essence == STRUCTURED


def _text(name: str, raw: bytes | None) -> str:
    try:
        return (raw or b"").decode()
    except UnicodeDecodeError:
        raise MalformedEventError(f"header {name}: found {raw!r:.60}, allowed: UTF-8") from None


def _event(attributes: Mapping[str, str], media_type: str, data: bytes, place: str) -> CloudEvent:
    _check(attributes, place)
    core = {name: attributes.get(name, "") for name in _CORE[1:]}
    core["datacontenttype"] = media_type or core["datacontenttype"]
    extensions = {name: value for name, value in attributes.items() if name not in _CORE}
    return CloudEvent(**core, extensions=extensions, data=data)


def _check(attributes: Mapping[str, str], place: str) -> None:
    version = attributes.get("specversion", "")
    if version != "1.0":
        raise MalformedEventError(f"{place}specversion: found {version[:40]!r}, allowed: '1.0'")
    for name in ("source", "type"):
        if not attributes.get(name, "").strip():
            raise MalformedEventError(f"{place}{name}: found nothing, allowed: a non-empty string")
    for name in attributes:
        if not _NAME.fullmatch(name):
            allowed = "lower-case letters and digits"
            raise MalformedEventError(f"{place}{name[:60]}: bad attribute name, allowed: {allowed}")


def _structured(value: bytes) -> CloudEvent:
    try:
        fields = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedEventError(f"structured event: no JSON object: {error}") from None
    data = _data(fields.pop("data", None), fields.pop("data_base64", None), fields)
    attributes = {name: _attribute(name, raw) for name, raw in fields.items()}
    return _event(
        {name: value for name, value in attributes.items() if value is not None},
        attributes.get("datacontenttype") or "application/json",
        data,
        "attribute ",
    )


def _attribute(name: str, raw: msgspec.Raw) -> str | None:
    value: Any = msgspec.json.decode(raw)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    allowed = "a string, integer or boolean"
    raise MalformedEventError(f"attribute {name}: found {value!r:.60}, allowed: {allowed}")


def _data(
    plain: msgspec.Raw | None, encoded: msgspec.Raw | None, fields: Mapping[str, msgspec.Raw]
) -> bytes:
    if plain is not None and encoded is not None:
        raise MalformedEventError("structured event: found data and data_base64, allowed: one")
    if encoded is not None:
        try:
            return base64.b64decode(msgspec.json.decode(encoded, type=str), validate=True)
        except (msgspec.DecodeError, binascii.Error, ValueError) as error:
            raise MalformedEventError(f"attribute data_base64: no Base64: {error}") from None
    if plain is None:
        return b""
    media_type = _attribute("datacontenttype", fields.get("datacontenttype", msgspec.Raw(b"null")))
    if media_type and "json" not in media_type:
        value = msgspec.json.decode(plain)
        return value.encode() if isinstance(value, str) else bytes(plain)
    return bytes(plain)
