"""Metadata of any object: names, labels and annotations."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8s.validate.findings import Finding
from k8s.validate.words import is_annotation_key, is_key, is_label, is_subdomain, is_value

_FIELDS: Final = frozenset({
    "annotations", "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp",
    "finalizers", "generateName", "generation", "labels", "managedFields", "name", "namespace",
    "ownerReferences", "resourceVersion", "selfLink", "uid",
})  # fmt: skip


def check_metadata(metadata: object, *, dots: bool = False) -> Iterator[Finding]:
    """What the API server refuses, and Knative where a name may have no ``dots``."""
    if not isinstance(metadata, Mapping):
        yield Finding("metadata", "none", "fields, with a name")
        return
    yield from check_own(metadata)
    name = metadata.get("name") or ""
    if not isinstance(name, str) or not (is_subdomain(name) if dots else is_label(name)):
        allowed = "lower-case letters, digits, inner hyphens, beginning with a letter, at most 63"
        if name or not metadata.get("generateName"):
            yield Finding("metadata.name", repr(name), allowed)
    for field in ("labels", "annotations"):
        given = metadata.get(field) or {}
        if not isinstance(given, Mapping):
            yield Finding(f"metadata.{field}", repr(given), "fields")
            continue
        for key, value in given.items():
            yield from _pair(f"metadata.{field}", key, value)


def check_own(metadata: Any) -> Iterator[Finding]:
    """Fields of metadata that there are not, of any object."""
    for field in metadata if isinstance(metadata, Mapping) else ():
        if field not in _FIELDS:
            yield Finding(f"metadata.{field}", "an unknown field", ", ".join(sorted(_FIELDS)))


def texts(metadata: Mapping[str, Any]) -> Iterator[Finding]:
    """Labels and annotations of a template, which are not looked at further."""
    for field in ("labels", "annotations"):
        given = metadata.get(field) or {}
        for key, value in given.items() if isinstance(given, Mapping) else ():
            if not isinstance(value, str):
                yield Finding(f"{field}.{key}", repr(value), "text, in quotes")


def strings(metadata: object, field: str) -> dict[str, str]:
    """Labels or annotations that are text."""
    given = metadata.get(field) if isinstance(metadata, Mapping) else None
    pairs = given.items() if isinstance(given, Mapping) else ()
    return {key: value for key, value in pairs if isinstance(key, str) and isinstance(value, str)}


def _pair(place: str, key: Any, value: Any) -> Iterator[Finding]:
    if not isinstance(value, str):
        found = str(value).lower() if isinstance(value, bool) else repr(value)
        yield Finding(f"{place}.{key}", found, "text, in quotes")
    elif not isinstance(key, str) or not (
        is_key(key) if place.endswith("labels") else is_annotation_key(key)
    ):
        yield Finding(f"{place}.{key}", "that name", "name or domain/name")
    elif place.endswith("labels") and not is_value(value):
        yield Finding(f"{place}.{key}", repr(value), "letters, digits, inner -_., at most 63")
