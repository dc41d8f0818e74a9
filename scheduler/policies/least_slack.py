"""Least slack: an idle slot takes the request that can wait least."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from scheduler.baseline import Baseline, BaselineParameters, earliest_end
from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.types import Placement, PoolState, Request
from scheduler.waiting import LaneKey, Lanes


class LeastSlackParameters(BaselineParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class LeastSlackPolicy(Baseline):
    """The request with the least slack to the open slot that answers it first; nothing is reserved.

    Source: least slack (least laxity) first, A. K. Mok, Fundamental Design Problems of Distributed
    Systems for the Hard-Real-Time Environment, MIT 1983; here without preemption.

    Rule: while a slot is open that serves a waiting request: j = argmin over those requests of
    slack(j) = deadline(j) - now - min over pools p of (r(j, p) + hop(p)); j goes to the open slot
    with the earliest end.

    Decided here: on unlike machines slack is counted with the best machine, idle. Of equal slack
    the first to come. A request never waits for a busy slot, even where that would answer sooner.
    As published a negative slack is the least of all, so what is doomed goes first; with ``doomed:
    last`` it goes when no other request can use an open slot, in order of deadline.

    Inputs: estimates, deadlines, believed free times.
    """

    name: ClassVar[str] = "least-slack"
    merit: ClassVar[str] = "answers first of the open ones"

    def __init__(self, estimator: Estimator, parameters: LeastSlackParameters) -> None:
        super().__init__(estimator, parameters)
        self._waiting = Lanes(lambda request: request.deadline_s, lambda _: 0)
        self._late = Lanes(lambda request: request.deadline_s, lambda _: 0)

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Replaces the pools; what a new pool may save is no longer late."""
        self.now_s = now_s
        if self.fleet.replace(pools):
            for request in self._late.drain():
                self._waiting.add(request)

    def arrived(self, request: Request, now_s: float) -> None:
        """Takes a request in; one of the same key that waits already is replaced."""
        self.now_s = now_s
        self._late.remove(request.key)
        self._waiting.add(request)

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forgets a request."""
        self.now_s = now_s
        self._waiting.remove(key)
        self._late.remove(key)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Fills the open slots, those that can be met before the late."""
        self.now_s = now_s
        if self.doomed_last:
            self._set_aside(now_s)
        return [*self._fill(self._waiting, now_s), *self._fill(self._late, now_s)]

    def wake_at_s(self) -> float | None:
        """When the next slot opens that serves a waiting model."""
        models = {model for lanes in (self._waiting, self._late) for (_, model), _ in lanes.lanes()}
        return min(self.opening_s(models), default=None)

    def doomed(self, now_s: float) -> Sequence[str]:
        """Keys of the waiting requests that would be late even with all slots free."""
        late = [request for request in self._waiting if self.hopeless(request, now_s)]
        return [request.key for request in (*self._late, *late)]

    def _fill(self, lanes: Lanes, now_s: float) -> Iterator[Placement]:
        while (found := self._most_urgent(lanes, now_s)) is not None:
            request, choice = found
            lanes.remove(request.key)
            yield self.place(request, choice, now_s, late=lanes is self._late)

    def _most_urgent(self, lanes: Lanes, now_s: float) -> tuple[Request, Choice] | None:
        """The request with the least slack of those an open slot serves, and that slot."""
        for _, key in sorted((self._slack(key, lane[0][0]), key) for key, lane in lanes.lanes()):
            choices = [c for c in self.choices(key[1], now_s) if c.opens_s <= now_s]
            if choices:
                return lanes.lane(key)[0][2], earliest_end(choices)
        return None

    def _slack(self, key: LaneKey, deadline_s: float) -> float:
        return deadline_s - (self.fleet.best_latency_s(key[1]) or 0.0)

    def _set_aside(self, now_s: float) -> None:
        for key, lane in list(self._waiting.lanes()):
            best_s = self.fleet.best_latency_s(key[1])
            if best_s is not None and lane[0][0] < now_s + best_s:
                for request in self._waiting.cut_before(key, now_s + best_s):
                    self._late.add(request)
