"""Times as CloudEvents write them (RFC 3339) and as we count them (POSIX seconds)."""

import re
from datetime import UTC, datetime
from typing import Final

from functions.errors import MalformedEventError

_FORM: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def parse(text: str, field: str) -> float:
    """POSIX seconds of an RFC 3339 time, to the microsecond.

    Raises:
        MalformedEventError: not a time, or without an offset from UTC; names ``field``.
    """
    moment = _posix_s(text)
    if moment is None:
        allowed = "an RFC 3339 time with an offset, e.g. 2026-01-31T12:00:00.250Z"
        raise MalformedEventError(f"{field}: found {text[:80]!r}, allowed: {allowed}")
    return moment


def _posix_s(text: str) -> float | None:
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    leap = 1.0 if form[1] == "60" else 0.0  # a leap second is the second after it
    if leap:
        text = f"{text[: form.start(1)]}59{text[form.end(1) :]}"
    try:
        return datetime.fromisoformat(text.upper()).timestamp() + leap
    except ValueError:
        return None


def render(posix_s: float) -> str:
    """RFC 3339 in UTC with microseconds."""
    return datetime.fromtimestamp(posix_s, UTC).isoformat(timespec="microseconds")[:-6] + "Z"
