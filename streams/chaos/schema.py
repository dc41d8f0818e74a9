"""The nouns of a campaign. Times in seconds."""

from pathlib import Path
from typing import Literal

import msgspec

Kind = Literal["kill", "pause", "stop", "cut", "stall", "delay", "slow", "full", "garble"]
"""``stop`` is SIGTERM and a later start, ``full`` a disk that takes no more, ``garble`` a burst of
events that cannot be read; ``cut``, ``stall`` and ``delay`` happen to the way between two."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn from ``seed`` and under which load."""

    folder: Path
    cache: Path
    jars: Path | None = None
    seed: int = 1
    rounds: int = 12
    faults: int = 26
    """Of each round."""
    gap_s: float = 4.5
    """Between two faults, on average."""
    rate: float = 100.0
    """Requests a second."""
    apps: int = 2
    sources: int = 1
    instances: int = 2
    """Functions of each of the two pools."""
    trials: int = 3
    """Of each failover whose time is taken."""
    orderly: bool = False
    """Each fault waits until everybody is well after the one before, as a rolling restart does."""
    skew_s: float = 5.0
    """How far the clocks of producers, apps and functions are off, at most."""
    session_timeout_s: float = 3.0
    settle_s: float = 60.0
    """How long everything may take to come to rest after a round."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: when in its round, what, to whom, for how long."""

    at_s: float
    kind: Kind
    target: str
    lasts_s: float


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """A fault as it happened, by this machine's clock, which is the broker's."""

    fault: Fault
    from_s: float
    until_s: float
    note: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must not be."""

    what: str
    subject: str
    detail: str = ""
