"""INFaaS, just enough: each request to the cheapest slot that answers it in time."""

from collections.abc import Sequence
from typing import ClassVar

from scheduler.baseline import KeepingParameters, earliest_end
from scheduler.early import EarlyBinding
from scheduler.fleet import Choice
from scheduler.types import Request


class InfaasParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class InfaasPolicy(EarlyBinding):
    """Each request to the slowest slot that is expected to answer it in time.

    Source: INFaaS of F. Romero, Q. Li, N. J. Yadwadkar, C. Kozyrakis, INFaaS: Automated Model-less
    Inference Serving, ATC 2021: the cheapest variant that meets the latency asked for.

    Rule: with e(k) = backlog(k) + r(model, k): of the slots with e(k) <= SLO the one with the
    greatest r(model, k), the least e(k) of equals; if there is none, the one with the least e(k).
    First come first served at each slot.

    Decided here: pools have no price, so the slower counts as the cheaper, which keeps the fast
    ones for those that need them. Variants of one model, their accuracy and the scaling of pools
    are not decided here. Of equal slots the first in file order. The hop is part of a latency, and
    a pool at zero counts with its cold start.

    Inputs: estimates, believed free times, the queues, deadlines.
    """

    name: ClassVar[str] = "infaas"
    merit: ClassVar[str] = "is the slowest that is in time"

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The slowest slot in time."""
        enough = [choice for choice in choices if choice.end_s <= request.deadline_s]
        if not enough:
            return earliest_end(choices)
        return min(enough, key=lambda choice: (choice.preference, choice.end_s))
