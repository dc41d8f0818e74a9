"""The file that tells the source its pools; whoever runs the instances writes it anew."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from streams.errors import StreamsError
from streams.source.schema import SourcePool


def read(file: Path) -> tuple[SourcePool, ...]:
    """The pools of a JSON array of objects.

    Raises:
        StreamsError: names the file, the field, what was found and what is allowed.
    """
    try:
        pools = msgspec.json.decode(file.read_bytes(), type=tuple[SourcePool, ...])
    except OSError as error:
        raise StreamsError(f"{file}: cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StreamsError(f"{file}: {error}; allowed: a JSON array of pools") from None
    _check(file, pools)
    return pools


def write(file: Path, pools: Sequence[SourcePool]) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(list(pools)), indent=2))
    draft.replace(file)


def _check(file: Path, pools: Sequence[SourcePool]) -> None:
    for field, counts in (
        ("name", Counter(pool.name for pool in pools)),
        ("topic", Counter(pool.topic for pool in pools)),
    ):
        twice = sorted(word for word, count in counts.items() if count > 1)
        if twice:
            raise StreamsError(f"{file}: {field}: found {twice[0]!r} twice, allowed: once")
    for pool in pools:
        if pool.in_flight < 1:
            found = f"{file}: {pool.name}: in_flight: found {pool.in_flight}"
            raise StreamsError(f"{found}, allowed: at least 1")
        for url in pool.urls:
            if not url.startswith(("http://", "https://")):
                found = f"{file}: {pool.name}: urls: found {url!r}"
                raise StreamsError(f"{found}, allowed: http://host:port")
