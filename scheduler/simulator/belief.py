"""When each slot is believed to be free: what a policy is told instead of the truth."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any, NamedTuple

from scheduler.simulator.estimation import configuration
from scheduler.simulator.layout import Layout
from scheduler.simulator.types import Scenario
from scheduler.types import Placement, PoolState

TICK_S = 1e-6
"""A run that should have ended is believed to end later than now."""


class Owed(NamedTuple):
    """A placement that has not reported: when it reaches the slot, its expected seconds there."""

    request: int
    model: str
    reaches_s: float
    start_s: float
    """When the policy expects it to start."""
    service_s: float
    joins: bool
    """It is computed together with the one before."""


class Belief:
    """Free times from expected ends, put right by what is reported.

    What is placed on a slot is believed to run in the order of placing, each from when it reaches
    the slot or the one before should have ended. A run that should have ended t seconds ago is
    believed to need t more.
    """

    def __init__(self, scenario: Scenario, layout: Layout) -> None:
        """Of several workers a claim is a part of the way to every pool."""
        count = len(layout.slots)
        self._layout = layout
        self._known = [0.0] * count
        """The last reported end."""
        self._owed: list[list[Owed]] = [[] for _ in range(count)]
        self._until = [0.0] * count
        """When all that is owed should have ended."""
        self._first = [inf] * count
        """When the first that is owed should have ended."""
        self._hidden = [0] * count
        self.asleep = [pool.start == "cold" for pool in scenario.pools]
        self._static = [_static(scenario, index) for index in range(len(scenario.pools))]
        self._states: list[PoolState] = [PoolState(**fixed, free_at_s=()) for fixed in self._static]
        self._dirty = set(range(len(scenario.pools)))
        self.changed = True
        """Something was put right that the policy has not been told."""

    def outdated(self, now_s: float) -> bool:
        """Whether the policy cannot know by itself what `states` says now."""
        return self.changed or min(self._first) <= now_s

    def states(self, now_s: float) -> Sequence[PoolState]:
        """All pools as believed now, in file order."""
        self.changed = False
        overdue = [slot for slot, end_s in enumerate(self._first) if end_s <= now_s]
        for slot in overdue:
            self._dirty.update(self._layout.slot_pools[slot])
        for pool in self._dirty:
            self._states[pool] = self._state(pool, now_s)
        self._dirty.clear()
        for slot in overdue:
            self._dirty.update(self._layout.slot_pools[slot])
        return tuple(self._states)

    def soonest(self, pool: int) -> int:
        """The slot of a pool that should be free first; the first of equals."""
        return self.soonest_of(self._layout.pool_slots[pool])

    def soonest_of(self, slots: Sequence[int]) -> int:
        """Of these slots the one that should be free first; of equals the first."""
        shown = [slot for slot in slots if not self._hidden[slot]] or slots
        return min(shown, key=self._until.__getitem__)

    def placed(
        self, slot: int, placement: Placement, request: int, reaches_s: float, half_hop_s: float
    ) -> None:
        """A placement was made; the policy knows.

        One of the same model that is meant to start when the one before it does joins its batch.
        """
        owed, start_s = self._owed[slot], placement.expected_start_s
        service_s = _service_s(placement, half_hop_s)
        last = owed[-1] if owed else None
        joins = last is not None and last.start_s == start_s and last.model == placement.model
        owed.append(Owed(request, placement.model, reaches_s, start_s, service_s, joins))
        if joins:
            self._renew(slot)
            return
        end_s = max(self._until[slot], reaches_s) + service_s
        self._until[slot] = end_s
        if len(owed) == 1:
            self._first[slot] = end_s
        self._dirty.update(self._layout.slot_pools[slot])

    def owed(self, slots: Iterable[int]) -> frozenset[int]:
        """The requests that are known to be on these slots or on their way."""
        return frozenset(owed.request for slot in slots for owed in self._owed[slot])

    def cancelled(self, slot: int, request: int) -> None:
        """A placement was not made after all."""
        self._owed[slot] = [owed for owed in self._owed[slot] if owed.request != request]
        self._renew(slot)
        self.changed = True

    def ended(self, slot: int, request: int, end_s: float) -> None:
        """What was owed is over, at this time by the slot's clock."""
        self._owed[slot] = [owed for owed in self._owed[slot] if owed.request != request]
        self._known[slot] = max(self._known[slot], end_s)
        self._renew(slot)
        self.changed = True

    def wake(self, pool: int, ready_s: float) -> None:
        """A pool at zero starts; its slots are ready at this time."""
        slots = self._layout.pool_slots[pool]
        for slot in slots:
            self._known[slot] = ready_s
            for sharing in self._layout.slot_pools[slot]:
                self.asleep[sharing] = False
            self._renew(slot)
        self.changed = True

    def hide(self, slot: int) -> None:
        """The slot is known to be out; what was owed there is over."""
        self._hidden[slot] += 1
        self._owed[slot].clear()
        self._renew(slot)
        self.changed = True

    def show(self, slot: int, now_s: float) -> None:
        """The slot is back."""
        self._hidden[slot] -= 1
        self._known[slot] = now_s
        self._renew(slot)
        self.changed = True

    def _renew(self, slot: int) -> None:
        ends = self._ends(slot, -inf)
        self._first[slot] = ends[0] if self._owed[slot] else inf
        self._until[slot] = ends[-1]
        self._dirty.update(self._layout.slot_pools[slot])

    def _ends(self, slot: int, now_s: float) -> list[float]:
        """The believed ends of what is owed, or the last known one if nothing is."""
        free_s = start_s = self._known[slot]
        ends: list[float] = []
        for owed in self._owed[slot]:
            start_s = start_s if owed.joins and ends else max(free_s, owed.reaches_s)
            end_s = start_s + owed.service_s
            if owed.joins:
                end_s = max(end_s, free_s)
            free_s = end_s if end_s > now_s else now_s + (now_s - end_s) + TICK_S
            ends.append(free_s)
        return ends or [free_s]

    def _state(self, pool: int, now_s: float) -> PoolState:
        fixed = self._static[pool]
        if self.asleep[pool]:
            return PoolState(**fixed, free_at_s=(), wakeable=len(self._layout.pool_slots[pool]))
        until, first, names = self._until, self._first, self._layout.slots
        shown = [slot for slot in self._layout.pool_slots[pool] if not self._hidden[slot]]
        free = [
            until[slot] if first[slot] > now_s else self._ends(slot, now_s)[-1] for slot in shown
        ]
        return PoolState(
            **fixed,
            free_at_s=tuple([free_s if free_s > now_s else 0.0 for free_s in free]),
            slots=tuple([names[slot] for slot in shown]),
        )


def _service_s(placement: Placement, half_hop_s: float) -> float:
    """The seconds in the slot that the policy expects."""
    chosen = placement.candidates[0] if placement.candidates else None
    if chosen is not None and chosen.pool == placement.pool:
        return chosen.service_s
    return max(0.0, placement.expected_end_s - placement.expected_start_s - half_hop_s)


def _static(scenario: Scenario, index: int) -> dict[str, Any]:
    """What never changes of a pool's state; without slots."""
    pool = scenario.pools[index]
    return {
        "name": pool.name,
        "architecture": pool.architecture,
        "configuration": configuration(pool).key,
        "models": scenario.served(pool),
        "cold_start_s": pool.cold_start_s or 0.0,
        "hop_s": scenario.round_trip_s(pool) + (scenario.claim_s if scenario.workers > 1 else 0.0),
        "per_byte_s": scenario.per_byte_s(pool),
        "largest_batch": max(
            (max(scenario.seconds(m, pool), default=1) for m in scenario.models), default=1
        ),
        "busy_w": pool.power_w.busy - pool.power_w.idle if pool.power_w else 0.0,
    }
