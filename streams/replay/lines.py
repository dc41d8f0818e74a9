"""Lines of a recording to values and back. Pure; mistakes name line, field, found and allowed."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final, TypeVar

import msgspec

from profiles.explained import explained
from streams.errors import StreamsError
from streams.replay.schema import FORMAT, VERSION, Base64, Ended, Entry, Header, Raw

_FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "": Entry.__struct_fields__,
    "outcome": Ended.__struct_fields__,
    "outcome.kind": ("met", "late", "expired", "rejected", "failed"),
    "format": (FORMAT,),
}
_T = TypeVar("_T")


def raw(given: bytes | None) -> Raw:
    """Bytes as a line holds them."""
    if given is None:
        return None
    try:
        return given.decode()
    except UnicodeDecodeError:
        return Base64(given)


def unraw(held: Raw) -> bytes | None:
    """The bytes that a line holds."""
    if isinstance(held, Base64):
        return held.base64
    return None if held is None else held.encode()


def encode(line: Header | Entry) -> bytes:
    """One line with its end."""
    return msgspec.json.encode(line) + b"\n"


def header(text: bytes, place: str) -> Header:
    """The first line; ``place`` names the file and the line in messages.

    Raises:
        StreamsError: no recording, or of a version that is not known here.
    """
    found = _decoded(text, Header, place)
    if not 1 <= found.version <= VERSION:
        newer = f"found {found.version}, allowed: 1 to {VERSION}"
        raise StreamsError(f"{place}: version: {newer}; a newer synergai reads it")
    return found


def entry(text: bytes, place: str, after_s: float = 0.0) -> Entry:
    """One request; ``after_s``: the ``at_s`` of the line before.

    Raises:
        StreamsError: names the place, the field, what was found and what is allowed.
    """
    found = _decoded(text, Entry, place)
    _check(found, place, after_s)
    return found


def _decoded(text: bytes, kind: type[_T], place: str) -> _T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise StreamsError(f"{place}: {explained(str(error), _FIELDS)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StreamsError(f"{place}: no JSON: {error}") from None


def _check(found: Entry, place: str, after_s: float) -> None:
    if not (isfinite(found.at_s) and found.at_s >= after_s):
        _wrong(place, "at_s", found.at_s, f"at least {after_s:g}, the one of the line before")
    for field in ("partition", "offset", "size", "redrive"):
        if getattr(found, field) < 0:
            _wrong(place, field, getattr(found, field), "at least 0")
    if found.budget_s is not None and found.budget_s < 0:
        _wrong(place, "budget_s", found.budget_s, "at least 0")
    if found.expiry_s is not None and found.expiry_s < (found.budget_s or 0.0):
        _wrong(place, "expiry_s", found.expiry_s, "at least budget_s")
    size = len(found.value) if isinstance(found.value, bytes) else found.size
    if size != found.size:
        _wrong(place, "size", found.size, f"{size}, the bytes of value")


def _wrong(place: str, field: str, found: Any, allowed: str) -> None:
    raise StreamsError(f"{place}: {field}: found {found}, allowed: {allowed}")
