"""The events the app writes. Times are POSIX seconds on the broker's clock unless they say so."""

from typing import Literal

import msgspec

from scheduler.types import Request

OUTCOME_TYPE = "org.synergai.outcome.concluded.v1"
DECISION_TYPE = "org.synergai.decision.taken.v1"
POOL_TYPE = "org.synergai.pool.declared.v1"
DEMAND_TYPE = "org.synergai.demand.told.v1"
NEWS_TYPE = "org.synergai.worker.told.v1"
REQUEST_TYPE = "org.synergai.request.submitted.v1"
MARK_TYPE = "org.synergai.deadletter.marked.v1"

OutcomeKind = Literal["met", "late", "expired", "rejected", "failed"]


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request's time went, in seconds; ``hop_s`` is what no one else accounts for."""

    total_s: float = 0.0
    pending_s: float = 0.0
    hop_s: float = 0.0
    queue_s: float = 0.0
    service_s: float = 0.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The one terminal outcome of an accepted request."""

    identity: str
    request_id: str
    tenant: str
    source: str
    model: str
    kind: OutcomeKind
    reason: str
    message: str = ""
    attempt: int = 0
    attempts: int = 0
    pool: str = ""
    architecture: str = ""
    configuration: str = ""
    instance: str = ""
    budget_s: float = 0.0
    excess_s: float = 0.0
    breakdown: Breakdown = Breakdown()
    predicted_s: float | None = None
    accepted_s: float = 0.0
    received_s: float = 0.0
    """When the worker that concluded it was told of it; 0: not known."""
    concluded_s: float = 0.0
    request_topic: str = ""
    request_partition: int = -1
    request_offset: int = -1
    result_topic: str = ""
    result_partition: int = -1
    result_offset: int = -1
    emulated: bool = False
    repeated_compute: int = 0


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate of a decision with its prediction."""

    pool: str
    architecture: str
    configuration: str
    latency_s: float
    slack_s: float
    service_s: float = 0.0
    """Expected in the slot, a part of ``latency_s``; 0: not known."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One placement: what was chosen and why; restores the lease at takeover."""

    identity: str
    request_id: str
    tenant: str
    model: str
    attempt: int
    pool: str
    architecture: str
    configuration: str
    candidates: tuple[Choice, ...]
    policy: str
    profiles: str
    reason: str
    placed_s: float
    lease_expiry_s: float
    predicted_s: float
    slack_s: float
    doomed: bool = False
    received_s: float = 0.0
    """When the worker that placed it was told of the request; 0: not known."""
    request_topic: str = ""
    request_partition: int = -1
    request_offset: int = -1


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A declared pool: instances of one configuration on one architecture. Key: the name."""

    name: str
    architecture: str
    configuration: str
    models: tuple[str, ...]
    topic: str
    generation: int = 1
    slots: int = 1
    device: str = ""
    cold_start_s: float = 0.0
    wakeable: int = 0
    emulated: bool = False
    state: Literal["eligible", "draining"] = "eligible"
    bandwidth_bytes_per_s: float = 0.0
    """Of the link to it, until answers say otherwise; 0: not known, payloads take no time."""
    busy_w: float = 0.0
    """What a slot draws while it computes, beyond idle, in watts; 0: what profiles know."""


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A placement on a pool, claimed or made: what other workers must know of it."""

    identity: str
    attempt: int
    pool: str
    near: tuple[str, ...] = ()
    """The pools that have its slots too, itself included."""
    room: int = 1
    """Slots that its worker saw free for it."""
    placed_s: float
    lease_s: float
    service_s: float
    batch: str = ""
    """What it is to be computed together with, in one slot."""
    size_bytes: int = 0


class Over(msgspec.Struct, frozen=True, kw_only=True):
    """A placement that takes no slot any more, or was not made after all."""

    identity: str
    attempt: int
    placed_s: float


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """What a function reported of one computation."""

    model: str
    pool: str
    configuration: str
    service_s: float
    batch: int = 1
    answered: bool = True


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker tells the others; see docs/decisions/0013. Key: the worker."""

    worker: str
    seen: int
    """The offset of the last record of this topic that it had read."""
    beat: int = 0
    """Above 0 it lives; counted."""
    knows: tuple[str, ...] = ()
    """With a beat: the workers to whom it has told what it holds."""
    waits: tuple[Request, ...] = ()
    """Requests that wait for a placement now."""
    settled: tuple[str, ...] = ()
    """Identities that wait no more."""
    claims: tuple[Holding, ...] = ()
    """To be granted by the order of this topic."""
    holds: tuple[Holding, ...] = ()
    """Made while it was alone."""
    alone: bool = False
    """No other may place, if it had read all that stands before this."""
    leaves: bool = False
    """It has ended."""
    over: tuple[Over, ...] = ()
    learnt: tuple[Learnt, ...] = ()
