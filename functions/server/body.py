"""The body of an HTTP request: bounded, and unpacked where it came compressed."""

import zlib
from typing import Final

from starlette.requests import Request

from functions.errors import InputError

LARGEST_BYTES: Final = 64 * 1024 * 1024
"""Of a body, packed or unpacked."""
_WINDOWS: Final = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


async def read(request: Request) -> bytes:
    """All of the body.

    Raises:
        InputError: too large, or its Content-Encoding does not hold.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BYTES:
            raise _too_large()
        parts.append(part)
    return unpack(b"".join(parts), request.headers.get("content-encoding", ""))


def unpack(body: bytes, encoding: str, largest: int = LARGEST_BYTES) -> bytes:
    """The body without its encoding.

    Raises:
        InputError: an unknown encoding, broken data, or more than ``largest`` bytes.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return body
    if name not in _WINDOWS:
        raise InputError(f"content-encoding: found {name[:40]!r}, allowed: gzip, deflate")
    unpacker = zlib.decompressobj(_WINDOWS[name])
    try:
        plain = unpacker.decompress(body, largest)
    except zlib.error as error:
        raise InputError(f"body: no {name}: {error}") from None
    if unpacker.unconsumed_tail:
        raise _too_large()
    if not unpacker.eof:
        raise InputError(f"body: {name} ends too early")
    return plain


def _too_large() -> InputError:
    return InputError(f"body: found more than {LARGEST_BYTES} bytes, allowed: at most that")
