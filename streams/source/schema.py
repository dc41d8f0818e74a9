"""The nouns of the event source. Times in seconds."""

from collections.abc import Mapping

import msgspec


class SourcePool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pool: its topic (also the name of the consumer group) and its instances' URLs."""

    name: str
    topic: str
    urls: tuple[str, ...] = ()
    in_flight: int = 50
    """Events that may be under way at a time."""
    headers: Mapping[str, str] = {}
    """Added to each event's: those by which an activator in front knows the revision."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What the ``delivery`` of a KafkaSource says, and how long its activator waits."""

    retries: int = 3
    """After the first attempt; then the event is gone and its offset committed."""
    backoff_s: float = 0.05
    """Before the first retry; doubled before each further one."""
    timeout_s: float = 60.0
    """Of one attempt."""
    hold_s: float = 5.0
    """How long an attempt waits while no instance accepts connections."""
    refused_s: float = 0.5
    """How long an instance that refused a connection is left alone."""
    drain_s: float = 5.0
    """How long what is under way may take at the end; then it is left uncommitted."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event as HTTP in binary mode; ``place`` is topic/partition/offset."""

    place: str
    headers: dict[str, str]
    body: bytes
    batch: str = ""
    """What it was placed to be computed together with; empty: nothing."""
