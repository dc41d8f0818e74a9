"""What waits, runs and comes out of an instance. Times are seconds on the instance's own clock."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.errors import TemporaryError
from functions.ports import Array, Tensors
from functions.schema import Timing


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Bytes for the model's own processing; the result is an answer a person reads."""

    body: bytes
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Direct:
    """The net's own input tensors; the result is its output tensors."""

    tensors: Tensors


@dataclass(frozen=True, kw_only=True)
class Job:
    """One request inside an instance."""

    model: str
    work: Raw | Direct
    arrived_s: float
    deadline_s: float = math.inf
    useless_after_s: float = math.inf
    """Past it (lease or expiry) the job is skipped instead of run."""
    together: int = 1
    """So many were sent to be computed together, this one among them."""
    key: object = field(default_factory=object)


@dataclass(frozen=True, kw_only=True)
class Done:
    """A computed job: output tensors or an answer, and where the time went."""

    tensors: Mapping[str, Array] | None
    answer: Mapping[str, Any] | None
    timing: Timing
    batch: int
    cold: bool = False


class SkippedError(Exception):
    """The job waited past its lease or expiry and was not run."""


class RefusedError(TemporaryError):
    """The instance does not take the job: its queue is full, or it starts or stops."""
