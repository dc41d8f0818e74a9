"""What a broker is started with, and the two versions it is made of."""

from pathlib import Path
from typing import Final, Protocol

import msgspec

KAFKA: Final = "4.4.0"
ENDPOINTS: Final = (
    f"org.apache.kafka:kafka_2.13:{KAFKA}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",
)
"""Resolved one by one: together the resolver mixes their versions."""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """A further way in: clients that come by it are told to go on by ``advertised``.

    ``host``: an address of this machine that others reach it under.
    """

    port: int
    advertised: int
    host: str = "127.0.0.1"


class BrokerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes. ``jars``: a folder that holds them already, for machines with no network."""

    cache: Path
    data: Path
    jars: Path | None = None
    port: int = 0
    """0: a free one."""
    heap_mb: int = 256
    max_message_bytes: int = 8 * 1024 * 1024
    start_within_s: float = 60.0
    doors: tuple[Door, ...] = ()
    """For clients that reach the broker through something of their own, as a proxy."""


class Progress(Protocol):
    """Is told what takes time."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` steps of ``what``; total 0: unknown."""


def silent(what: str, done: int, total: int) -> None:
    """Shows nothing."""
