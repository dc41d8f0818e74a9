"""Least slack: an idle slot takes the request that can wait least."""

from collections.abc import Iterator
from typing import ClassVar

from scheduler.baseline import KeepingParameters, earliest_end
from scheduler.fleet import Choice
from scheduler.late import LateBinding
from scheduler.types import Placement, Request


class LeastSlackParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class LeastSlackPolicy(LateBinding):
    """The request with the least slack to the open slot that answers it first; nothing is reserved.

    Source: least slack (least laxity) first, A. K. Mok, Fundamental Design Problems of Distributed
    Systems for the Hard-Real-Time Environment, MIT 1983; here without preemption.

    Rule: while a slot is open that serves a waiting request: j = argmin over those requests of
    slack(j) = deadline(j) - now - min over pools p of (r(j, p) + hop(p)); j goes to the open slot
    with the earliest end.

    Decided here: on unlike machines slack is counted with the best machine, idle. Of a model the
    earliest deadline is looked at, whatever the payloads. Of equal slack
    the first to come. A request never waits for a busy slot, even where that would answer sooner.
    As published a negative slack is the least of all, so what is doomed goes first; with ``doomed:
    last`` it goes when no other request can use an open slot (`scheduler.late`).

    Inputs: estimates, deadlines, believed free times.
    """

    name: ClassVar[str] = "least-slack"
    merit: ClassVar[str] = "answers first of the open ones"

    def start(self, now_s: float) -> Iterator[Placement]:
        """Fills the open slots."""
        while (found := self._most_urgent(now_s)) is not None:
            request, choice = found
            self.leave(request.key)
            yield self.place(request, choice, now_s, late=False)

    def _most_urgent(self, now_s: float) -> tuple[Request, Choice] | None:
        """The request with the least slack of those an open slot serves, and that slot."""
        if not self.queue or not self.any_open(now_s, self.largest(self.queue.values())):
            return None
        heads = {key: lane[0][2] for key, lane in self.lanes.lanes()}
        for _, key in sorted((self._slack(head), key) for key, head in heads.items()):
            choices = [c for c in self.choices(heads[key], now_s) if c.opens_s <= now_s]
            if choices:
                return heads[key], earliest_end(choices)
        return None

    def _slack(self, request: Request) -> float:
        best_s = self.fleet.best_latency_s(request.model, request.size_bytes)
        return request.deadline_s - (best_s or 0.0)
