"""EDF with the doomed set aside and earliest estimated completion."""

from collections.abc import Sequence
from math import inf
from typing import Annotated

import msgspec

from scheduler.estimator import Estimator
from scheduler.fleet import Fleet
from scheduler.plan import Plan
from scheduler.types import Completion, Placement, PoolState, Request
from scheduler.waiting import Lanes

TICK_S = 1e-6
"""A moment after a deadline became infeasible; above the resolution of a clock since 1970."""


class EdfParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What may be set from outside."""

    margin_s: Annotated[float, msgspec.Meta(ge=0, le=60, description="seconds, from 0 to 60")] = (
        0.002
    )
    """A placement leaves when its slot is expected to be free within the round trip plus this."""
    lookahead: Annotated[
        int, msgspec.Meta(ge=1, le=10_000, description="requests, from 1 to 10000")
    ] = 16
    """How many waiting requests are planned one by one; deeper in the queue it is groups."""
    lease_quantile: Annotated[
        float, msgspec.Meta(gt=0.5, lt=1, description="a share between 0.5 and 1")
    ] = 0.99
    """The quantile of the service time behind ``latest_end_s``."""


class EdfPolicy:
    """Earliest deadline first over a plan of the slots.

    Source: the order is from C. L. Liu, J. W. Layland, Scheduling Algorithms for Multiprogramming
    in a Hard-Real-Time Environment, JACM 20(1), 1973; the plan and what is doomed are our own, see
    docs/decisions/0007.

    Higher priority goes before lower, then the earlier deadline. Each request in turn is planned
    where its answer is expected first. If that slot's placing window is open, it is placed; if
    not, it keeps waiting with the slot reserved in this plan only, and later requests are planned
    around it. A request that would be late everywhere in the plan reserves nothing. One that is
    late even with everything free is doomed: set aside, and run in order of expiry on slots that
    the plan left idle.

    Cost of `decide`, with n requests in L lanes (models x priorities in use), P pools serving a
    model and S slots: O(L x P) if no window is open; else O(S + steps x P x log S), where steps is
    at most in the order of placements + S + L x log n + lookahead x log(n / lookahead): requests
    that the plan cannot meet are skipped by bisection, those deep in the queue are planned in
    groups. `arrived` and `withdrawn` cost O(log n) and the shift of one array of pointers
    (microseconds at 20,000). A request becomes doomed once: O(log n) then.
    """

    name = "edf"

    def __init__(self, estimator: Estimator, parameters: EdfParameters) -> None:
        self._parameters = parameters
        self._fleet = Fleet(estimator, parameters.margin_s)
        self._waiting = Lanes(
            lambda request: min(request.deadline_s, request.expiry_s),
            lambda request: -request.priority,
        )
        self._doomed = Lanes(lambda request: request.expiry_s, lambda _: 0)
        self._now_s = -inf

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Replaces the pools; what a new pool may save is no longer doomed."""
        self._now_s = now_s
        if self._fleet.replace(pools):
            for request in self._doomed.drain():
                self._waiting.add(request)

    def arrived(self, request: Request, now_s: float) -> None:
        """Takes a request in; one of the same key that waits already is replaced."""
        self._now_s = now_s
        self._doomed.remove(request.key)
        self._waiting.add(request)

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forgets a request."""
        self._now_s = now_s
        self._waiting.remove(key)
        self._doomed.remove(key)

    def completed(self, completion: Completion, now_s: float) -> None:
        """Corrects the estimates."""
        self._now_s = now_s
        self._fleet.observe(completion)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Plans the waiting requests and places those whose window is open."""
        self._set_aside(now_s)
        plan = Plan(
            self._fleet,
            now_s,
            lookahead=self._parameters.lookahead,
            lease_quantile=self._parameters.lease_quantile,
            most_bytes=max(self._sizes()),
        )
        plan.run_urgent(self._waiting)
        plan.run_doomed(self._doomed)
        for placement in plan.placements:
            (self._doomed if placement.doomed else self._waiting).remove(placement.key)
        return plan.placements

    def wake_at_s(self) -> float | None:
        """When the next placing window opens for a waiting model or a request becomes doomed."""
        queues = (self._waiting, self._doomed)
        models = {model for queue in queues for (_, model), _ in queue.lanes()}
        moments = [
            self._fleet.opens_s(pool, self._fleet.book, self._now_s, size)
            for pool in self._fleet.pools.values()
            if not models.isdisjoint(pool.models)
            for size in self._sizes()
        ]
        for (_, model), lane in self._waiting.lanes():
            best_s = self._fleet.best_latency_s(model)
            if best_s is not None:
                moments.append(lane[0][0] - best_s + TICK_S)
        return min((at for at in moments if self._now_s < at < inf), default=None)

    def doomed(self, now_s: float) -> Sequence[str]:
        """Keys of the doomed, the earliest expiry first."""
        self._set_aside(now_s)
        return [request.key for request in self._doomed]

    def _sizes(self) -> set[int]:
        """Of the payloads that wait, in bytes; only 0 where none takes time."""
        if not self._fleet.linked:
            return {0}
        return {0, *(r.size_bytes for queue in (self._waiting, self._doomed) for r in queue)}

    def _set_aside(self, now_s: float) -> None:
        self._now_s = now_s
        for key, lane in list(self._waiting.lanes()):
            best_s = self._fleet.best_latency_s(key[1])
            if best_s is not None and lane[0][0] < now_s + best_s:
                for request in self._waiting.cut_before(key, now_s + best_s):
                    self._doomed.add(request)
        if self._fleet.linked:
            for request in [one for one in self._waiting if self._too_large(one, now_s)]:
                self._waiting.remove(request.key)
                self._doomed.add(request)

    def _too_large(self, request: Request, now_s: float) -> bool:
        """Whether it would be late with everything free, its payload counted."""
        best_s = self._fleet.best_latency_s(request.model, request.size_bytes)
        return best_s is not None and min(request.deadline_s, request.expiry_s) < now_s + best_s
