"""Where several workers claim slots: what is granted leaves, and all of them know it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from scheduler.claims import Claim, Claims, Verdict, rooms
from scheduler.simulator.agenda import CLAIMED, Agenda
from scheduler.simulator.belief import Belief
from scheduler.simulator.desk import Decided
from scheduler.simulator.dispatch import Dispatch
from scheduler.simulator.layout import Layout
from scheduler.simulator.plant import Plant
from scheduler.simulator.types import Scenario
from scheduler.types import Placement


class Worker(NamedTuple):
    """One of several: what it believes, and how its placements leave."""

    belief: Belief
    dispatch: Dispatch

    @classmethod
    def of(cls, scenario: Scenario, layout: Layout, plant: Plant, agenda: Agenda) -> "Worker":
        """A worker to which nothing has happened."""
        belief = Belief(scenario, layout)
        return cls(belief, Dispatch(scenario, layout, plant, belief, agenda))


class Asked(NamedTuple):
    """A claim on its way to all workers."""

    worker: int
    request: int
    placement: Placement
    claim: Claim
    slot: int
    """The slot that was meant; for its worker it is taken meanwhile."""
    known: frozenset[int]
    """The requests that its worker knew to be on slots, or on their way there."""


class Counter:
    """One log of claims. A worker that is alone has no need of it."""

    def __init__(
        self,
        scenario: Scenario,
        layout: Layout,
        plant: Plant,
        workers: Sequence[Worker],
        agenda: Agenda,
    ) -> None:
        self._plant = plant
        self._claims = Claims()
        self._claim_s = scenario.claim_s
        self._cold_s = [pool.cold_start_s or 0.0 for pool in scenario.pools]
        self._workers = workers
        self._agenda = agenda
        self._pools = {pool.name: index for index, pool in enumerate(scenario.pools)}
        self._layout = layout
        self._near = _near(scenario, layout)
        self._on: list[dict[int, int]] = [{} for _ in layout.slots]
        """By slot the requests that are there or on their way, each with its worker."""
        self.overplaced = 0
        """Placements on a pool all of whose slots others had taken unknown to their worker."""

    def of(self, worker: int) -> Callable[[Sequence[Decided], float], None]:
        """How the placements of a worker leave: one that is alone need not ask."""
        if len(self._workers) == 1:
            return self._workers[worker].dispatch.send_all
        return partial(self.ask, worker)

    def ask(self, worker: int, decided: Sequence[Decided], now_s: float) -> None:
        """A worker claims what its policy has decided."""
        belief, seen = self._workers[worker].belief, self._claims.seen
        found = rooms([one for _, one in decided], belief.states(now_s), self._near)
        known = belief.owed(range(len(self._on))).union(request for request, _ in decided)
        for (request, placement), room in zip(decided, found, strict=True):
            near = tuple(sorted(self._near[placement.pool]))
            claim = Claim(str(worker), placement.pool, near, seen, room)
            slot = self.hold(worker, request, placement, now_s)
            asked = Asked(worker, request, placement, claim, slot, known)
            self._agenda.add(now_s + self._claim_s, CLAIMED, asked)

    def hold(self, worker: int, request: int, placement: Placement, now_s: float) -> int:
        """The slot that a worker takes for taken until it has read a claim."""
        belief, dispatch = self._workers[worker]
        slot = dispatch.slot(placement)
        pool = self._pools[placement.pool]
        reaches_s = now_s + self._claim_s + self._plant.there_s(request, pool)
        belief.placed(slot, placement, request, reaches_s, self._plant.half_hop_s[pool])
        return slot

    def answer(self, asked: Asked, now_s: float) -> bool:
        """All workers read a claim; whether its placement has left."""
        worker, request = asked.worker, asked.request
        verdict = self._claims.read(self._claims.seen + 1, asked.claim)
        belief, dispatch = self._workers[worker]
        belief.cancelled(asked.slot, request)
        if verdict is not Verdict.GRANTED:
            return False
        meant = self._layout.slots[self._choose(asked)]
        placement = replace(asked.placement, slot=meant)
        slot = dispatch.send(request, placement, now_s)
        self._tell(worker, slot, request, placement, now_s)
        others = {one for one, by in self._on[slot].items() if by != worker}
        self.overplaced += not others <= asked.known
        self._on[slot][request] = worker
        return True

    def over(self, slot: int, request: int) -> None:
        """A placement is not on its slot any more."""
        self._on[slot].pop(request, None)

    def _choose(self, asked: Asked) -> int:
        """The slot that was meant, if nothing unknown has come there, else one without such."""
        slots = self._layout.pool_slots[self._pools[asked.placement.pool]]
        fitting = [slot for slot in slots if self._on[slot].keys() <= asked.known]
        if asked.slot in fitting or not fitting:
            return asked.slot
        return self._workers[asked.worker].belief.soonest_of(fitting)

    def _tell(
        self, worker: int, slot: int, request: int, placement: Placement, now_s: float
    ) -> None:
        pool = self._pools[placement.pool]
        reaches_s = now_s + self._plant.there_s(request, pool)
        for number, (belief, _) in enumerate(self._workers):
            if number == worker:
                continue
            if belief.asleep[pool]:
                belief.wake(pool, reaches_s + self._cold_s[pool])
            belief.placed(slot, placement, request, reaches_s, self._plant.half_hop_s[pool])
            belief.changed = True


def _near(scenario: Scenario, layout: Layout) -> dict[str, frozenset[str]]:
    """By pool those that share a slot with it, itself included."""
    names = [pool.name for pool in scenario.pools]
    return {
        name: frozenset(names[other] for slot in slots for other in layout.slot_pools[slot])
        for name, slots in zip(names, layout.pool_slots, strict=True)
    }
