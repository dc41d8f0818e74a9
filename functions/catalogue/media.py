"""Media types of requests."""

from collections.abc import Collection
from typing import Final

from functions.errors import InputError

WAV: Final = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")
PICTURES: Final = ("image/png", "image/jpeg", "image/webp")
BYTES: Final = ("application/octet-stream",)


def essence(media_type: str) -> str:
    """The media type without its parameters, in lower case."""
    return media_type.split(";", 1)[0].strip().lower()


def check(media_type: str, allowed: Collection[str]) -> None:
    """Compare a media type with those a model takes.

    Raises:
        InputError: it is none of them.
    """
    if essence(media_type) not in allowed:
        raise InputError(f"content-type: found {media_type[:80]!r}, allowed: {', '.join(allowed)}")
