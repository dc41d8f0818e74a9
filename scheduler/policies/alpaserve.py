"""AlpaServe: the shortest queue, and rejected at arrival what would be late there."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import ClassVar

from scheduler.baseline import RejectingParameters
from scheduler.early import EarlyBinding
from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.slots import ASLEEP
from scheduler.types import Placement, Request


class AlpaServeParameters(RejectingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class AlpaServePolicy(EarlyBinding):
    """Each request to the slot with the shortest queue, or nowhere if it would be late there.

    Source: AlpaServe of Z. Li, L. Zheng, Y. Zhong et al., AlpaServe: Statistical Multiplexing with
    Model Parallelism for Deep Learning Serving, OSDI 2023: its run-time scheduling.

    Rule: k = argmin over slots k of n(k), the number of requests that run or wait there, of equal
    ones the least e(k) = backlog(k) + r(model, k). If e(k) > SLO the request is rejected, at once
    and for good. First come first served at each slot.

    Decided here: the source counts requests, and its groups of like machines are single slots here,
    so on unlike machines equal lengths are told apart by e. What is rejected goes on slots that
    would be idle, in order of arrival, or with ``rejected: drop``, as published, nowhere; it is a
    violation either way. The hop is part of a latency, and a pool at zero counts with its cold
    start.

    Inputs: estimates, believed free times, the queues, deadlines.
    """

    name: ClassVar[str] = "alpaserve"
    merit: ClassVar[str] = "has the shortest queue"

    def __init__(self, estimator: Estimator, parameters: AlpaServeParameters) -> None:
        super().__init__(estimator, parameters)
        self._rejected: dict[str, Request] = {}

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The slot with the shortest queue."""
        return min(choices, key=lambda choice: (self._length(choice, now_s), choice.end_s))

    def bound(self, request: Request, choice: Choice, now_s: float) -> Iterator[Placement]:
        """Binds what is in time, rejects what is not."""
        if choice.end_s > request.deadline_s:
            self._rejected[request.key] = self.unbound.pop(request.key)
        else:
            yield from super().bound(request, choice, now_s)

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forgets a request."""
        super().withdrawn(key, now_s)
        self._rejected.pop(key, None)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Binds and starts, then fills slots that would be idle."""
        placements = list(super().decide(now_s))
        if not self.drops:
            for placement in self._fill(now_s):
                del self._rejected[placement.key]
                placements.append(placement)
        return placements

    def wake_at_s(self) -> float | None:
        """When the next slot opens that something is bound to, or that what is rejected may use."""
        bound_s = super().wake_at_s()
        waiting = self.payloads(() if self.drops else self._rejected.values())
        moments = [*self.opening_s(waiting), *([] if bound_s is None else [bound_s])]
        return min(moments, default=None)

    def doomed(self, now_s: float) -> Sequence[str]:
        """Keys of the rejected, and of those that would be late even with all slots free."""
        return [*self._rejected, *super().doomed(now_s)]

    def _length(self, choice: Choice, now_s: float) -> int:
        if choice.slot == ASLEEP:
            return 0
        running = self.fleet.book.free_s(choice.slot) > now_s
        return running + sum(len(queue) for queue in self.queues.at(choice.slot).values())

    def _fill(self, now_s: float) -> Iterator[Placement]:
        rejected = list(self._rejected.values())
        most = self.largest(rejected)
        waiting = takewhile(lambda _: self.any_open(now_s, most), rejected)
        return self.fill(waiting, lambda choice: not self.queues.at(choice.slot), now_s)
