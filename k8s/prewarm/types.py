"""The nouns of pre-warming. Times in seconds on the caller's steady clock."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from k8s.ports import Ref


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a pod asks of a node."""

    requests: Mapping[str, float] = {}
    """Cores, bytes, devices."""
    selector: Mapping[str, str] = {}
    tolerations: Sequence[Mapping[str, Any]] = ()
    affinity: Sequence[Mapping[str, Any]] = ()
    """Terms of the required node affinity: one of them must hold; none: no wish."""


class PoolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pool as its Knative Service describes it."""

    name: str
    service: Ref
    architecture: str
    configuration: str
    models: tuple[str, ...]
    topic: str
    generation: int
    slots: int
    floor: int
    """Instances that are always wanted."""
    ceiling: int
    """No more instances than these; 0: no bound."""
    cold_start_s: float
    needs: Needs
    revision: str = ""
    """The latest that is ready; empty: none."""
    draining: bool = False
    drained: bool = False


class PodFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pod; ``service``: namespace and name of its Knative Service, empty for others."""

    name: str
    service: str
    revision: str
    node: str
    ready: bool
    unschedulable: bool
    gone: bool
    """It ended, or is being deleted."""
    requests: Mapping[str, float]


class NodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A node; ``usable``: it is ready and takes pods."""

    name: str
    labels: Mapping[str, str]
    taints: Sequence[Mapping[str, Any]]
    allocatable: Mapping[str, float]
    usable: bool


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How many instances a pool should have at least, and why, in words for an operator."""

    pool: str
    """The name of its Knative Service."""
    instances: int
    reason: str
    lasting: int = 0
    """Instances without what is only to work off what waits."""


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """One merge patch to be sent; ``pool`` and ``reason`` are for logs and metrics."""

    pool: str
    service: str
    """The name of the pool's Knative Service."""
    ref: Ref
    patch: Mapping[str, Any]
    reason: str
    instances: int | None = None
    """The min-scale it sets; None: it is about something else."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What the scheduler is to be told of a pool."""

    name: str
    architecture: str
    configuration: str
    models: tuple[str, ...]
    topic: str
    generation: int
    slots: int
    cold_start_s: float
    wakeable: int
    """Slots that could run at once, were they all awake."""
    state: Literal["eligible", "draining"]
