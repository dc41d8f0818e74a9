"""The lines of a recording. Durations in seconds; times are POSIX seconds on the broker's clock."""

from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from streams.schema import OutcomeKind

FORMAT: Final = "synergai-recording"
VERSION: Final = 1
"""Grows when an old reader would misread a file; unknown fields are ignored."""


class Base64(msgspec.Struct, frozen=True):
    """Bytes that are no UTF-8."""

    base64: bytes


Raw = str | Base64 | None
"""Bytes as text where they are UTF-8, else as an object with Base64; null is Kafka's null."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: what the file is."""

    format: Literal["synergai-recording"] = FORMAT
    version: int = VERSION
    created: str
    """RFC 3339, by the clock of whoever recorded."""
    topics: dict[str, str]
    """Topic of requests to tenant."""
    partitions: dict[str, int] = {}
    """Topic to how many it had."""
    payloads: bool = True
    """False: requests have their size, no value."""
    outcomes: bool = False
    """Whether requests have the outcome that was seen."""


class Ended(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a request ended; the parts of its latency as in the outcome's breakdown."""

    kind: OutcomeKind
    reason: str = ""
    pool: str = ""
    architecture: str = ""
    configuration: str = ""
    attempt: int = 0
    attempts: int = 0
    latency_s: float = 0.0
    """From the request's append to the answer's report; 0: no function answered."""
    pending_s: float = 0.0
    hop_s: float = 0.0
    queue_s: float = 0.0
    service_s: float = 0.0
    excess_s: float = 0.0
    """Past the deadline."""
    predicted_s: float | None = None
    emulated: bool = False


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every other line: one request, in the order in which the broker appended them."""

    at_s: float
    """After the first request of the file."""
    accepted_s: float
    """When the broker appended it."""
    tenant: str
    topic: str
    partition: int
    offset: int
    size: int
    """Bytes of the value."""
    headers: tuple[tuple[str, Raw], ...] = ()
    """All of them in their order; a name may come twice."""
    key: Raw = None
    value: bytes | UnsetType = UNSET
    """Base64; absent: recorded without payloads."""
    id: str = ""
    """These seven stand in the headers too (of a structured event in the value)."""
    source: str = ""
    model: str = ""
    redrive: int = 0
    budget_s: float | None = None
    """From sending to the deadline; absent: it asks for none."""
    expiry_s: float | None = None
    """From sending to the hard end; absent: it asks for none."""
    priority: int = 0
    malformed: str = ""
    """Why the event cannot be read; it is replayed as it is."""
    outcome: Ended | None = None

    @property
    def name(self) -> str:
        """Its place in the broker that it was recorded from: what pairs requests of two runs."""
        return f"{self.topic}/{self.partition}/{self.offset}"
