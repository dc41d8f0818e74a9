"""MAEL: each request where it is expected to be answered first, backlog included."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

import msgspec

from scheduler.baseline import KeepingParameters, earliest_end
from scheduler.early import EarlyBinding
from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.slots import ASLEEP
from scheduler.types import Placement, Request
from scheduler.window import Window


class MaelParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""

    window: Annotated[int, msgspec.Meta(ge=1, le=8, description="requests, from 1 to 8")] = 1
    """How many requests are assigned at once; 1: each on its own, at its arrival."""
    most_assignments: Annotated[
        int, msgspec.Meta(ge=1, le=100_000, description="from 1 to 100000")
    ] = 1000
    """A window with more assignments is shortened to the requests that keep within."""


class MaelPolicy(EarlyBinding):
    """Minimum average expected latency: each request to the slot with the least backlog + service.

    Source: MAEL of W. Seo, S. Cha, Y. Kim, J. Huh, J. Park, SLO-Aware Inference Scheduler for
    Heterogeneous Processors in Edge Platforms, ACM TACO 18(4), 2021.

    Rule: k = argmin over slots k of e(k) = backlog(k) + r(model, k), with backlog = what is
    expected to remain of the run + the sum of r over the queue; there first come first served.
    With ``window`` W > 1: of all assignments of W requests to pools the one with the least sum of
    latencies (`scheduler.window`).

    Decided here: W requests are assigned when so many wait, or as soon as a slot that one of them
    could use is open and nothing is bound to it, so that none idles for the sake of a full window.
    A window of P^W > ``most_assignments`` assignments is shortened, P being the number of pools. Of
    equal slots the first in file order. The hop is part of a latency. One at a time is the default,
    since no window of 2 to 5 violated less over 40 drawn scenarios; 2 and 3 came next.

    Inputs: estimates, believed free times, the queues.
    """

    name: ClassVar[str] = "mael"
    merit: ClassVar[str] = "has the least backlog and service together"

    def __init__(self, estimator: Estimator, parameters: MaelParameters) -> None:
        super().__init__(estimator, parameters)
        self.only_last = False
        """The score of an assignment is that of its last request alone."""
        self._window = parameters.window
        self._most = parameters.most_assignments

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The slot with the least e."""
        return earliest_end(choices)

    def worth(self, request: Request, latency_s: float) -> float:  # noqa: ARG002
        """What a latency adds to the score of an assignment; the sum of latencies breaks ties."""
        return 0.0

    def bind(self, now_s: float) -> Iterator[Placement]:
        """Binds one by one or by windows."""
        if self._window == 1:
            yield from super().bind(now_s)
            return
        while group := self._group(now_s):
            choices = [self.choices(request, now_s, self.queues.work_s) for request in group]
            found = Window(choices, group, now_s).best(self.worth, only_last=self.only_last)
            for request, choice in zip(group, found, strict=True):
                if choice.slot != ASLEEP or self.fleet.book.asleep(choice.pool):
                    yield from self.bound(request, choice, now_s)
            for choice in found:
                yield from self.start(choice.slot, now_s)

    def wake_at_s(self) -> float | None:
        """When the next slot opens that something is bound to or an unfinished window waits for."""
        bound_s = super().wake_at_s()
        moments = self.opening_s(self.payloads(self.unbound.values()))
        return min([*moments, *([] if bound_s is None else [bound_s])], default=None)

    def _group(self, now_s: float) -> list[Request]:
        """The requests to assign now: none if the window is not full and no slot idles."""
        served = [r for r in self.unbound.values() if self.choices(r, now_s)]
        group = served[: self._window]
        if len(group) < self._window and not any(self._idle(r, now_s) for r in group):
            return []
        count, kept = 1, 0
        for request in group:
            count *= len({choice.pool_name for choice in self.choices(request, now_s)})
            kept += count <= self._most
        return group[: max(1, kept)]

    def _idle(self, request: Request, now_s: float) -> bool:
        return any(
            choice.opens_s <= now_s and not self.queues.at(choice.slot)
            for choice in self.choices(request, now_s)
        )
