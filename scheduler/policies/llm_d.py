"""llm-d's headroom rule: each request where it is answered in time with least to spare."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import msgspec

from scheduler.baseline import KeepingParameters, earliest_end
from scheduler.early import EarlyBinding
from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.types import Request


class LlmDParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""

    strategy: Annotated[Literal["least", "most"], msgspec.Meta(description="least or most")] = (
        "least"
    )
    """Which of the slots in time: with the least to spare, to pack, or with the most, to spread."""


class LlmDPolicy(EarlyBinding):
    """Each request to the slot with the least headroom that is not negative.

    Source: the predicted-latency scorer of the llm-d inference scheduler (llm-d project, 2025), its
    headroom strategy "least"; there for the times to the first and per output token of a language
    model.

    Rule: with headroom(k) = SLO - e(k), e(k) = backlog(k) + r(model, k): of the slots with
    headroom(k) >= 0 the one with the least; if there is none, the one with the greatest, which is
    the least late. First come first served at each slot.

    Decided here: one latency instead of two; no draw by weight and no exploring of hopeless slots,
    since nothing is learned from it. Of equal slots the first in file order. The hop is part of a
    latency, and a pool at zero counts with its cold start.

    Inputs: estimates, believed free times, the queues, deadlines.
    """

    name: ClassVar[str] = "llm-d"
    merit: ClassVar[str] = "has the headroom to prefer"

    def __init__(self, estimator: Estimator, parameters: LlmDParameters) -> None:
        super().__init__(estimator, parameters)
        self._least = parameters.strategy == "least"

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The slot with the least or most headroom."""
        enough = [choice for choice in choices if choice.end_s <= request.deadline_s]
        if enough and self._least:
            return max(enough, key=lambda choice: choice.end_s)
        return earliest_end(enough or choices)
