"""Projected volumes: several sources in one folder."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8s.validate.findings import Finding, under

_KINDS: Final = ("configMap", "downwardAPI", "secret", "serviceAccountToken")
_LEAST_S: Final = 600
_OF_POD: Final = (
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace",
    "metadata.uid",
)  # fmt: skip


def check(projected: Mapping[str, Any]) -> Iterator[Finding]:
    """Each source is of one kind, and named."""
    parts = projected.get("sources")
    if not isinstance(parts, list):
        yield Finding("sources", "none", "a list")
        return
    for index, part in enumerate(parts):
        yield from under(f"sources[{index}]", _part(part))


def _part(part: Mapping[str, Any]) -> Iterator[Finding]:
    given = [kind for kind in _KINDS if part.get(kind) is not None]
    if len(given) != 1:
        yield Finding("", ", ".join(given) or "none", f"one of {', '.join(_KINDS)}")
        return
    source = part[given[0]]
    if given[0] in {"configMap", "secret"} and not source.get("name"):
        yield Finding(f"{given[0]}.name", "nothing", "its name")
    if given[0] == "serviceAccountToken":
        if not source.get("path"):
            yield Finding("serviceAccountToken.path", "nothing", "a path")
        lasts_s = source.get("expirationSeconds")
        if lasts_s is not None and lasts_s < _LEAST_S:
            place = "serviceAccountToken.expirationSeconds"
            yield Finding(place, str(lasts_s), f"at least {_LEAST_S}")
    for item in source.get("items") or () if given[0] == "downwardAPI" else ():
        yield from under("downwardAPI.items", _item(item))


def _item(item: Mapping[str, Any]) -> Iterator[Finding]:
    of_pod, of_container = item.get("fieldRef"), item.get("resourceFieldRef")
    if (of_pod is None) == (of_container is None):
        yield Finding("", "both or none", "one of fieldRef and resourceFieldRef")
    path = str((of_pod or {}).get("fieldPath", "")).partition("[")[0]
    if of_pod is not None and path not in _OF_POD:
        yield Finding("fieldRef.fieldPath", repr(path), ", ".join(_OF_POD))
