"""A KafkaSource, by its published fields and what upstream leaves to its webhook."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec

from k8s.validate.findings import Finding
from k8s.validate.metadata import check_metadata
from k8s.validate.words import is_iso_duration
from profiles.explained import explained

_Word = Annotated[str, msgspec.Meta(min_length=1)]
_Int32 = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Period = Annotated[str, msgspec.Meta(pattern="^P")]


class _Noun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What all have in common."""


class _Ref(_Noun, frozen=True, kw_only=True):
    kind: str
    name: str
    api_version: str = ""
    namespace: str = ""


class _Sink(_Noun, frozen=True, kw_only=True):
    ref: _Ref | None = None
    uri: str = ""
    ca_certs: str = msgspec.field(default="", name="CACerts")
    audience: str = ""


class _Delivery(_Noun, frozen=True, kw_only=True):
    retry: _Int32 = 0
    timeout: _Period = "PT1S"
    backoff_policy: Literal["linear", "exponential"] = "exponential"
    backoff_delay: _Period = "PT1S"
    dead_letter_sink: _Sink | None = None


class _Overrides(_Noun, frozen=True, kw_only=True):
    extensions: dict[str, str] = {}


class _Spec(_Noun, frozen=True, kw_only=True):
    bootstrap_servers: Annotated[tuple[_Word, ...], msgspec.Meta(min_length=1)]
    topics: Annotated[tuple[_Word, ...], msgspec.Meta(min_length=1)]
    sink: _Sink
    consumer_group: str = ""
    consumers: _Int32 = 1
    initial_offset: Literal["earliest", "latest"] = "latest"
    ordering: Literal["ordered", "unordered"] = "ordered"
    delivery: _Delivery | None = None
    ce_overrides: _Overrides | None = None
    net: dict[str, Any] | None = None


def check(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """What a cluster refuses when it is created."""
    yield from check_metadata(manifest.get("metadata"), dots=True)
    try:
        msgspec.convert(manifest.get("spec"), _Spec)
    except msgspec.ValidationError as error:
        yield Finding("spec", explained(str(error), {}), "see the fields of a KafkaSource")


def advice(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """What a cluster admits, and with which requests would be lost or delayed."""
    spec = msgspec.convert(manifest.get("spec"), _Spec)
    if spec.initial_offset != "earliest":
        allowed = "earliest, or what came before the source was ready is never delivered"
        yield Finding("spec.initialOffset", spec.initial_offset, allowed)
    if spec.ordering != "unordered":
        allowed = "unordered, or each request waits for the one before it"
        yield Finding("spec.ordering", spec.ordering, allowed)
    if not spec.delivery or not spec.delivery.retry:
        allowed = "a retry of at least 1, or one failed attempt loses the request"
        yield Finding("spec.delivery", "no retry", allowed)
    delivery = spec.delivery or _Delivery()
    for name in ("backoff_delay", "timeout"):
        value = getattr(delivery, name)
        if not is_iso_duration(value):
            yield Finding(f"spec.delivery.{name}", repr(value), "ISO 8601 such as PT0.2S")
