"""Clockwork: a slot takes only what it can answer in time; what nothing can is rejected."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

from scheduler.baseline import RejectingParameters
from scheduler.fleet import Choice
from scheduler.late import LateBinding
from scheduler.slots import ASLEEP, names
from scheduler.types import Placement, PoolState, Request


class ClockworkParameters(RejectingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class ClockworkPolicy(LateBinding):
    """An open slot takes what must start first of all that it can still answer in time.

    Source: Clockwork of A. Gujarati, R. Karimi, S. Alzayat, W. Hao, A. Kaufmann, Y. Vigfusson,
    J. Mace, Serving DNNs like Clockwork: Performance Predictability from the Bottom Up, OSDI 2020.

    Rule: for each open slot k in file order: of the waiting requests j with now + hop + r(j, k) <=
    deadline(j) the one with the least deadline(j) - r(j, k). A request with deadline(j) < now + min
    over pools p of (r(j, p) + hop(p)) is rejected.

    Decided here: loading of models and batches are the pools' business. On unlike machines a
    request waits for a faster slot if the open one is too slow for it. What is rejected goes on
    slots that would be idle, or with ``rejected: drop``, as published, nowhere; it is a violation
    either way. A pool at zero comes after its live slots and is woken if its cold start is in time.

    Inputs: estimates, deadlines, believed free times.
    """

    name: ClassVar[str] = "clockwork"
    merit: ClassVar[str] = "is open and in time"
    rejects: ClassVar[bool] = True

    def start(self, now_s: float) -> Iterator[Placement]:
        """Fills the open slots in file order."""
        most = self.largest(self.queue.values())
        for pool in self.fleet.pools.values():
            for slot in (*names(pool), ASLEEP):
                while (found := self._taken(pool, slot, now_s, most)) is not None:
                    request, choice = found
                    self.leave(request.key)
                    yield self.place(request, choice, now_s, late=False)

    def _taken(
        self, pool: PoolState, slot: str, now_s: float, most: int
    ) -> tuple[Request, Choice] | None:
        """What the slot takes, if it is open, for ``most`` bytes, and in time for anything."""
        if not (self.queue and self.is_open(pool, slot, now_s, most)):
            return None
        found: list[tuple[float, int, Request, Choice]] = []
        for (_, model), lane in self.lanes.lanes():
            if model in pool.models:
                soonest_s = self.choice(model, pool, slot, now_s, 0).end_s
                for deadline_s, number, request in lane[bisect_left(lane, (soonest_s,)) :]:
                    choice = self.choice(model, pool, slot, now_s, request.size_bytes)
                    if choice.opens_s <= now_s and choice.end_s <= deadline_s:
                        found.append((deadline_s - choice.service_s, number, request, choice))
                        break
        return min(found)[2:] if found else None
