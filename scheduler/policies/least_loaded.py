"""Least loaded: each request to the slot with the least work before it."""

from collections.abc import Sequence
from typing import ClassVar

from scheduler.baseline import KeepingParameters
from scheduler.early import EarlyBinding
from scheduler.fleet import Choice
from scheduler.types import Request


class LeastLoadedParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class LeastLoadedPolicy(EarlyBinding):
    """Each request to the slot with the least expected work before it; first come first served.

    Source: folklore; join the shortest queue, the queue measured in time (least work left).

    Rule: k = argmin over slots k of backlog(k), with backlog = what is expected to remain of the
    run + the sum of r(model, k) over the queue. Of equal slots the first in file order.

    Decided here: load is expected seconds, not a count of requests, since slots are unlike; the
    request's own r does not count (with it the rule is `mael`). A pool at zero counts with its cold
    start as backlog.

    Inputs: estimates, believed free times, the queues.
    """

    name: ClassVar[str] = "least-loaded"
    merit: ClassVar[str] = "has the least work waiting"

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The slot that could start first, the way there apart."""
        size = request.size_bytes
        return min(choices, key=lambda choice: choice.start_s - choice.pool.there_s(size))
