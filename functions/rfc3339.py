"""Times as CloudEvents write them (RFC 3339) and as we count them (POSIX seconds)."""

from datetime import UTC, datetime

from functions.errors import MalformedEventError


def parse(text: str, field: str) -> float:
    """POSIX seconds of an RFC 3339 time.

    Raises:
        MalformedEventError: not a time, or without an offset from UTC; names ``field``.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text.upper():
        allowed = "an RFC 3339 time with an offset, e.g. 2026-01-31T12:00:00.250Z"
        raise MalformedEventError(f"{field}: found {text[:80]!r}, allowed: {allowed}")
    return moment.timestamp()


def render(posix_s: float) -> str:
    """RFC 3339 in UTC with microseconds."""
    return datetime.fromtimestamp(posix_s, UTC).isoformat(timespec="microseconds")[:-6] + "Z"
