"""What an audit says, and what of the topics' records it keeps."""

from typing import Literal

import msgspec

FindingKind = Literal[
    "no-outcome",
    "second-outcome",
    "outcome-without-request",
    "decision-without-request",
    "feedback-without-request",
    "result-without-request",
    "winner-without-feedback",
    "winner-without-result",
    "answer-without-result",
    "wrong-winner",
    "wrong-kind",
    "no-reply",
    "second-reply",
    "no-dead-letter",
    "second-dead-letter",
    "dead-letter-without-outcome",
    "unreadable",
]


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a record stands."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must not be."""

    kind: FindingKind
    identity: str
    place: Place
    found: str
    expected: str


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is allowed and worth knowing."""

    kind: str
    identity: str
    place: Place
    what: str


class Report(msgspec.Struct, kw_only=True):
    """Of one audit. ``counts`` are of records or requests, by name."""

    counts: dict[str, int] = {}
    findings: list[Finding] = []
    """Of each kind the first ones; how many there are of each is in ``found``."""
    found: dict[str, int] = {}
    notes: list[Note] = []
    records: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    @property
    def open(self) -> int:
        """Requests that may still get their outcome."""
        return self.counts.get("open", 0)

    @property
    def records_per_s(self) -> float:
        """How fast it went."""
        return self.records / self.seconds if self.seconds else 0.0

    @property
    def repeated_share(self) -> float:
        """The part of requests that were computed more than once."""
        return self.counts.get("computed_again", 0) / max(1, self.counts.get("requests", 0))


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A request, first or repeated."""

    topic: str
    offset: int
    append_s: float
    expiry_s: float | None = None
    """None: it was not needed."""


class Ended(msgspec.Struct, gc=False):
    """An outcome; the fields of `streams.schema.Outcome` that are looked at."""

    identity: str
    kind: Literal["met", "late", "expired", "rejected", "failed"]
    reason: str
    tenant: str = ""
    attempt: int = 0
    instance: str = ""
    budget_s: float = 0.0
    accepted_s: float = 0.0
    concluded_s: float = 0.0
    request_topic: str = ""
    request_partition: int = -1
    request_offset: int = -1
    result_topic: str = ""
    result_partition: int = -1
    result_offset: int = -1
    repeated_compute: int = 0
    topic: str = ""
    """Of the record, and its offset."""
    offset: int = -1


class Placed(msgspec.Struct, gc=False):
    """A decision; the fields of `streams.schema.Decision` that are looked at."""

    identity: str
    attempt: int
    lease_expiry_s: float = 0.0
    request_topic: str = ""
    request_offset: int = -1
    offset: int = -1


class Told(msgspec.Struct, gc=False):
    """Feedback; the fields of `functions.schema.Feedback` that are looked at."""

    identity: str
    attempt: int
    verdict: Literal["answered", "failed", "skipped"]
    permanent: bool = True
    repeated: bool = False
    instance: str = ""
    result_topic: str = ""
    result_partition: int = -1
    result_offset: int = -1
    append_s: float = 0.0
    offset: int = -1

    @property
    def final(self) -> bool:
        """Whether it concludes its request."""
        return self.verdict == "answered" or (self.verdict == "failed" and self.permanent)


class Result(msgspec.Struct, frozen=True, gc=False):
    """A record of a results topic."""

    identity: str
    attempt: int
    error: bool
    """The app's reply where no function answered."""
    place: Place
    append_s: float
