"""Where a ``dataref`` may point: into the places of a deployment's settings, nowhere else. Pure.

A function that fetched whatever an event names would fetch for anybody what only it can reach.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from functions.errors import PermanentError

LONGEST: Final = 2048
"""Characters of a reference."""
_PLACE: Final = re.compile(r"[a-z][a-z0-9+.-]*://[!-~]*", re.ASCII)
_FORBIDDEN: Final = ("::", "\\", "//", "?", "#")
"""Chained URLs, other separators, empty segments, queries and fragments."""


class ClaimError(PermanentError):
    """A reference that cannot be followed, however often it is tried."""


def checked(places: Iterable[str]) -> tuple[str, ...]:
    """The places with a slash at their ends.

    Raises:
        PermanentError: one that is no URL of a folder.
    """
    found = []
    for place in places:
        folder = _rest(place).rstrip("/")
        if not _PLACE.fullmatch(place) or not folder or _is_crooked(folder):
            allowed = "a URL of a folder, e.g. file:///srv/payloads or s3://bucket/payloads"
            raise PermanentError(f"claim_checks: found {place!r:.80}, allowed: {allowed}")
        found.append(place.rstrip("/") + "/")
    return tuple(found)


def place_of(reference: str, places: Iterable[str]) -> str:
    """The place that ``reference`` points into; both as ``checked`` leaves them.

    Raises:
        ClaimError: none; names what was found and what is allowed.
    """
    fits = len(reference) <= LONGEST and _PLACE.fullmatch(reference)
    if fits and not _is_crooked(_rest(reference)):
        for place in places:
            if reference.startswith(place) and len(reference) > len(place):
                return place
    allowed = ", ".join(places) or "none; a deployment names them in SYNERGAI_CLAIM_CHECKS"
    raise ClaimError(f"ce_dataref: found {reference!r:.200}, allowed below: {allowed}")


def _rest(url: str) -> str:
    """What follows the scheme, from the path's first character."""
    return url.partition("://")[2].removeprefix("/")


def _is_crooked(path: str) -> bool:
    """Whether it may lead elsewhere than it seems; as written, or as a server decodes it."""
    plain = unquote(unquote(path))
    dotted = any(segment in {".", ".."} for segment in plain.split("/"))
    return dotted or any(sign in plain for sign in _FORBIDDEN) or not plain.isprintable()
