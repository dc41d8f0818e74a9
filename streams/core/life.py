"""The life of one request between its acceptance and its committed outcome."""

from enum import Enum
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scheduler.types import Placement, Request
from streams.core.fairness import BELOW
from streams.requests import Accepted, Envelope, size_bytes
from streams.schema import Decision

if TYPE_CHECKING:
    from streams.core.tracker import Tracker


class Stage(Enum):
    """Where a life stands."""

    PENDING = "pending"
    """Waits outside the policy: no pool serves its model yet, or a retry is not yet due."""
    WAITING = "waiting"
    """With the policy."""
    PLACED = "placed"
    CONCLUDING = "concluding"
    """Its outcome is with the ledger."""
    DROPPED = "dropped"
    """Its partition was lost."""


class Attempt:
    """One placement of a request, as its lease and the slot it takes need it."""

    __slots__ = (
        "architecture",
        "batch",
        "batch_size",
        "configuration",
        "ended",
        "identity",
        "instance",
        "lease_s",
        "lost_s",
        "number",
        "placed_s",
        "pool",
        "predicted_s",
        "ran",
        "service_s",
        "size_bytes",
    )

    def __init__(
        self,
        identity: str,
        number: int,
        *,
        pool: str,
        architecture: str,
        configuration: str,
        placed_s: float,
        lease_s: float,
        predicted_s: float,
        service_s: float,
    ) -> None:
        self.identity = identity
        self.number = number
        self.pool = pool
        self.architecture = architecture
        self.configuration = configuration
        self.placed_s = placed_s
        self.lease_s = lease_s
        self.predicted_s = predicted_s
        self.service_s = service_s
        self.size_bytes = 0
        """Of its payload; 0 where it was placed in an earlier life."""
        self.batch, self.batch_size = "", 1
        """What it was placed to be computed together with, and how many these are."""
        self.instance = ""
        """That listed it."""
        self.lost_s = 0.0
        """For how long nothing could be heard before it was placed, or restored."""
        self.ran = False
        """It was listed as running."""
        self.ended = False
        """A function reported its end."""

    @classmethod
    def restored(cls, decision: Decision) -> "Attempt":
        """As another worker, or this one in an earlier life, placed it."""
        return cls(
            decision.identity,
            decision.attempt,
            pool=decision.pool,
            architecture=decision.architecture,
            configuration=decision.configuration,
            placed_s=decision.placed_s,
            lease_s=decision.lease_expiry_s,
            predicted_s=decision.predicted_s,
            service_s=decision.predicted_s,
        )

    @classmethod
    def of(cls, placement: Placement, architecture: str, now_s: float, lease_s: float) -> "Attempt":
        """As the policy has just placed it."""
        best = placement.candidates[0] if placement.candidates else None
        predicted_s = placement.expected_end_s - now_s
        return cls(
            placement.key,
            placement.attempt,
            pool=placement.pool,
            architecture=architecture,
            configuration=placement.configuration,
            placed_s=now_s,
            lease_s=lease_s,
            predicted_s=predicted_s,
            service_s=best.service_s if best else predicted_s,
        )


class Life:
    """One accepted request; ``accepted`` is None for a record that was refused."""

    __slots__ = (
        "accepted",
        "attempts",
        "envelope",
        "lapses",
        "number",
        "over",
        "positions",
        "received_s",
        "spent",
        "stage",
    )

    def __init__(
        self, envelope: Envelope, accepted: Accepted | None = None, received_s: float = 0.0
    ) -> None:
        self.envelope = envelope
        self.accepted = accepted
        self.received_s = received_s
        """When this worker was told of it; 0: not known."""
        self.stage = Stage.PENDING
        self.number = 0
        """Of the latest attempt."""
        self.over = False
        """It is beyond its tenant's share: everybody else goes first."""
        self.spent = 0
        """Attempts that came to nothing."""
        self.lapses = 0
        """Attempts that nobody computed: never listed, or skipped past their lease."""
        self.attempts: dict[int, Attempt] = {}
        self.positions: list[tuple[Tracker, int]] = []
        """What is acknowledged when the outcome is committed."""

    @property
    def identity(self) -> str:
        """The identity as text."""
        return self.envelope.identity

    @property
    def partition(self) -> int:
        """The request's partition number."""
        return self.envelope.record.partition

    @property
    def size_bytes(self) -> int:
        """What its record takes, with key and headers."""
        return size_bytes(self.envelope.record)

    @property
    def open(self) -> bool:
        """Whether an outcome is still to be found."""
        stage = self.stage
        return stage is not Stage.CONCLUDING and stage is not Stage.DROPPED

    @property
    def current(self) -> Attempt | None:
        """The latest attempt, if it is known."""
        return self.attempts.get(self.number)

    @property
    def unlisted(self) -> bool:
        """Whether no instance is known to have had the latest attempt."""
        attempt = self.current
        return attempt is None or not attempt.instance

    def let_go(self) -> None:
        """It is over: keep no bytes, whoever still holds it (a timer does)."""
        bare = replace(self.envelope.record, key=None, headers=(), value=b"")
        self.envelope = replace(self.envelope, record=bare)
        self.accepted = None

    def request(self) -> Request:
        """What the policy is told when the request waits for its next attempt."""
        accepted = self.accepted
        if accepted is None:
            raise ValueError(f"{self.identity}: a refused record is never placed")
        envelope = self.envelope
        return Request(
            key=envelope.identity,
            model=envelope.model,
            arrival_s=envelope.record.append_s,
            deadline_s=accepted.deadline_s,
            expiry_s=accepted.expiry_s,
            priority=accepted.priority - (BELOW if self.over else 0),
            size_bytes=accepted.payload_bytes,
            attempt=self.number + 1,
        )
