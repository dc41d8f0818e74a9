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
_NULL = msgspec.Raw(b"null")
_NAME = re.compile(r"[a-z0-9]{1,40}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
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
    ours = ((name, raw) for name, raw in headers if _is_ours(name.lower(), "ce_"))
    named = {name.lower(): _text(name, raw) for name, raw in ours}
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
    ours = ((name, value) for name, value in headers if _is_ours(name.lower(), "ce-"))
    named = {name.lower(): value for name, value in ours}
    media_type = named.get("content-type", "")
    if _is_structured(media_type):
        return _structured(body)
    attributes = {k[3:]: _unescaped(k, v) for k, v in named.items() if k.startswith("ce-")}
    return _event(attributes, media_type, body, "header ce-")


def to_http(event: CloudEvent) -> tuple[dict[str, str], bytes]:
    """Headers and body of an HTTP message in binary mode."""
    named = {f"ce-{k}": quote(v, safe=_HTTP_SAFE) for k, v in event.attributes().items()}
    if event.datacontenttype:
        named["content-type"] = event.datacontenttype
    return named, event.data


def _is_ours(name: str, prefix: str) -> bool:
    return name == "content-type" or name.startswith(prefix)


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


def _unescaped(name: str, value: str) -> str:
    if _QUOTED.fullmatch(value):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        allowed = "UTF-8, percent-encoded"
        raise MalformedEventError(
            f"header {name}: found {value!r:.60}, allowed: {allowed}"
        ) from None


def _event(attributes: Mapping[str, str], media_type: str, data: bytes, place: str) -> CloudEvent:
    _check(attributes, place)
    core = {name: attributes.get(name, "") for name in _CORE[1:]}
    core["datacontenttype"] = media_type or core["datacontenttype"]
    _check_media_type(core["datacontenttype"])
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
        if not _NAME.fullmatch(name) or name == "data":
            allowed = "lower-case letters and digits, at most 40, not 'data'"
            raise MalformedEventError(f"{place}{name[:60]}: bad attribute name, allowed: {allowed}")


def _check_media_type(media_type: str) -> None:
    if media_type and not (media_type.isascii() and media_type.isprintable()):
        allowed = "a media type in printable ASCII"
        raise MalformedEventError(f"content-type: found {media_type!r:.60}, allowed: {allowed}")


def _structured(value: bytes) -> CloudEvent:
    try:
        fields = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedEventError(f"structured event: no JSON object: {error}") from None
    data = _data(
        _given(fields.pop("data", _NULL)), _given(fields.pop("data_base64", _NULL)), fields
    )
    attributes = {name: _attribute(name, raw) for name, raw in fields.items()}
    return _event(
        {name: value for name, value in attributes.items() if value is not None},
        attributes.get("datacontenttype") or "application/json",
        data,
        "attribute ",
    )


def _given(raw: msgspec.Raw) -> msgspec.Raw | None:
    return None if bytes(raw) == b"null" else raw


def _attribute(name: str, raw: msgspec.Raw) -> str | None:
    value = _decoded(f"attribute {name}", raw)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    allowed = "a string, integer or boolean"
    raise MalformedEventError(f"attribute {name}: found {value!r:.60}, allowed: {allowed}")


def _decoded(place: str, raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedEventError(f"{place}: found unusable JSON: {error}") from None


def _data(
    plain: msgspec.Raw | None, encoded: msgspec.Raw | None, fields: Mapping[str, msgspec.Raw]
) -> bytes:
    if plain is not None and encoded is not None:
        raise MalformedEventError("structured event: found data and data_base64, allowed: one")
    if encoded is not None:
        return _base64(encoded)
    if plain is None:
        return b""
    media_type = _attribute("datacontenttype", fields.get("datacontenttype", _NULL))
    essence = (media_type or "application/json").partition(";")[0].strip().lower()
    text = None if essence.endswith(("/json", "+json")) else _decoded("attribute data", plain)
    return text.encode() if isinstance(text, str) else bytes(plain)


def _base64(encoded: msgspec.Raw) -> bytes:
    try:
        return base64.b64decode(msgspec.json.decode(encoded, type=str), validate=True)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise MalformedEventError(f"attribute data_base64: no Base64: {error}") from None
