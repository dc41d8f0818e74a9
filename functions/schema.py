"""The events a function reads and writes. Durations are in seconds; identity is opaque to it."""

from typing import Literal

import msgspec

FEEDBACK_TYPE = "org.synergai.latency.reported.v1"
CAPACITY_TYPE = "org.synergai.capacity.reported.v1"
RESULT_TYPE = "org.synergai.result.answered.v1"
ERROR_TYPE = "org.synergai.result.failed.v1"

Verdict = Literal["answered", "failed", "skipped"]
InstanceState = Literal["starting", "ready", "draining"]


class PlacementHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The CloudEvents extensions the app adds to a request when it places it (``ce_<field>``)."""

    identity: str
    attempt: int
    pool: str
    configuration: str
    leaseexpiry: str
    requesttopic: str
    requestpartition: int
    replytopic: str
    tenant: str = "default"
    replypartition: int | None = None
    duetime: str = ""
    """The deadline on the broker's clock."""
    batchid: str = ""
    """Placements of the same one were made to be computed together; empty: alone."""
    batchsize: int = 1
    """How many these are."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Where the time inside one function went, in seconds."""

    queue_s: float = 0.0
    prepare_s: float = 0.0
    compute_s: float = 0.0
    pace_s: float = 0.0
    finish_s: float = 0.0
    publish_s: float = 0.0

    @property
    def service_s(self) -> float:
        """What occupies the slot: everything but the queue and the publishing of the result."""
        return self.prepare_s + self.compute_s + self.pace_s + self.finish_s


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt's end, written to the latency topic in the request's partition number."""

    identity: str
    request_id: str
    tenant: str
    attempt: int
    model: str
    pool: str
    architecture: str
    configuration: str
    instance: str
    verdict: Verdict
    timing: Timing
    reason: str = ""
    message: str = ""
    permanent: bool = True
    retry_after_s: float | None = None
    batch: int = 1
    cold: bool = False
    repeated: bool = False
    emulated: bool = False
    result_topic: str = ""
    result_partition: int = -1
    result_offset: int = -1


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt inside an instance, and how long it has been running or queued."""

    identity: str
    attempt: int
    model: str
    elapsed_s: float
    batch: int = 0
    """Of what runs, the same for what is computed together, as the instance counts; 0: alone."""


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """What an instance holds; written every second and at every change. Key: the instance."""

    instance: str
    device: str
    pool: str
    architecture: str
    configuration: str
    slots: int
    models: tuple[str, ...]
    state: InstanceState
    sequence: int
    running: tuple[Held, ...] = ()
    queued: tuple[Held, ...] = ()
    emulated: bool = False
