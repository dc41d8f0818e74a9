"""SLO-MAEL: MAEL that counts deadlines, and takes the least slack first."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import msgspec

from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.policies.mael import MaelParameters, MaelPolicy
from scheduler.queues import Queue
from scheduler.types import Request

PENALTY = 100 * 1.5
"""What missing a deadline by nothing takes from the score of an assignment."""
LEAST_SLO_S = 1e-9
"""A request that was due when it came counts as having had this long."""


class SloMaelParameters(MaelParameters, frozen=True, kw_only=True):
    """What may be set from outside."""

    reset_sum: Annotated[bool, msgspec.Meta(description="true or false")] = False
    """As in the published code: only the last request of a window counts in its score."""


class SloMaelPolicy(MaelPolicy):
    """Each request to the slot with the best score, the least slack first at each slot.

    Source: SLO-MAEL of W. Seo, S. Cha, Y. Kim, J. Huh, J. Park, SLO-Aware Inference Scheduler for
    Heterogeneous Processors in Edge Platforms, ACM TACO 18(4), 2021.

    Rule: with e(k) = backlog(k) + r(model, k) the score of slot k is 1 / e if e <= SLO, else
    -e / SLO; the request goes to the best. A slot that opens takes the request with the least
    slack = deadline - now - r. With ``window`` W > 1: of all assignments of W requests to pools
    the one with the greatest sum of +1 for each latency L <= SLO and -100 x 1.5 x L / SLO for each
    other; of equal sums that with the least sum of latencies (`scheduler.window`).

    Decided here: SLO is deadline - arrival, and e counts from the arrival, so a request that is
    bound anew has less left. Backlog is the expected work of all that is bound to the slot, though
    the least slack may go before it; with ``doomed: last`` that of what is not late. The published
    code sets the sum to 0 at each request of a window, so that only its last one counts:
    ``reset_sum``. For one request at a time the score is greatest where e is least, so then all
    that sets the rule apart from `mael` is the order at the slot. When windows are assigned: as in
    `mael`.

    Inputs: estimates, believed free times, the queues, deadlines.
    """

    name: ClassVar[str] = "slo-mael"
    merit: ClassVar[str] = "has the best score of backlog and service"

    def __init__(self, estimator: Estimator, parameters: SloMaelParameters) -> None:
        super().__init__(estimator, parameters)
        self.only_last = parameters.reset_sum

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The slot with the best score."""
        return max(choices, key=lambda choice: score(choice.end_s - request.arrival_s, request))

    def worth(self, request: Request, latency_s: float) -> float:
        """What a latency adds to the score of an assignment."""
        slo_s = _slo_s(request)
        return 1.0 if latency_s <= slo_s else -PENALTY * latency_s / slo_s

    def head(self, queue: Queue) -> tuple[float, Request] | None:
        """The request with the least slack."""
        return queue.most_urgent()


def score(e_s: float, request: Request) -> float:
    """The score of a slot at which the latency is expected to be ``e_s``."""
    slo_s = _slo_s(request)
    return 1 / e_s if e_s <= slo_s else -e_s / slo_s


def _slo_s(request: Request) -> float:
    return max(LEAST_SLO_S, request.deadline_s - request.arrival_s)
