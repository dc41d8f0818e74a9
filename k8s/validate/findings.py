"""What is wrong with a manifest, and which of Knative's feature flags it needs."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

PREFIX: Final = "kubernetes."
ON_BY_DEFAULT: Final = frozenset({"multi-container", "kubernetes.podspec-volumes-emptydir"})
"""Flags that are on where nobody said otherwise."""


class Finding(msgspec.Struct, frozen=True):
    """One thing: where, what is there, what may be. With ``flag``: right where that flag is on."""

    place: str
    found: str
    allowed: str
    flag: str = ""

    def __str__(self) -> str:
        return f"{self.place}: found {self.found}, allowed: {self.allowed}"


def needs(flag: str, place: str, found: str) -> Finding:
    """A field that Knative refuses unless an operator turned its flag on."""
    return Finding(place, found, f"nothing, unless the feature flag {flag} is on", flag)


def under(place: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same, seen from further out."""
    for each in findings:
        joined = each.place if each.place.startswith("[") else f".{each.place}"
        outer = f"{place}{joined}" if each.place else place
        yield msgspec.structs.replace(each, place=outer)


def problems(findings: Iterable[Finding], enabled: Iterable[str]) -> list[Finding]:
    """Those that stand where just these flags are on."""
    on = set(enabled)
    return [each for each in findings if not each.flag or each.flag not in on]
