"""Carries a placement out: from what the policy wants to a request on its way to a slot."""

from collections.abc import Iterable

from scheduler.errors import SchedulerError
from scheduler.simulator.agenda import REACHED, Agenda
from scheduler.simulator.belief import Belief
from scheduler.simulator.instances import Sent
from scheduler.simulator.layout import Layout
from scheduler.simulator.plant import Plant
from scheduler.simulator.types import Scenario
from scheduler.types import Placement


class Dispatch:
    """A placement goes to the slot that it names, or to the one of its pool expected free first."""

    def __init__(
        self,
        scenario: Scenario,
        layout: Layout,
        plant: Plant,
        belief: Belief,
        agenda: Agenda,
    ) -> None:
        self._plant = plant
        self._belief = belief
        self._agenda = agenda
        self._pools = {pool.name: index for index, pool in enumerate(scenario.pools)}
        self._slots = {name: slot for slot, name in enumerate(layout.slots)}
        self._members = [frozenset(slots) for slots in layout.pool_slots]
        self._models = [scenario.served(pool) for pool in scenario.pools]
        self._cold_s = [pool.cold_start_s or 0.0 for pool in scenario.pools]

    def send_all(self, decided: Iterable[tuple[int, Placement]], now_s: float) -> None:
        """All placements of a decision leave, in its order."""
        for request, placement in decided:
            self.send(request, placement, now_s)

    def send(self, request: int, placement: Placement, now_s: float) -> int:
        """The placement leaves, to the slot that is returned; a pool at zero is woken by it.

        Raises:
            SchedulerError: the pool is unknown or does not serve the model.
        """
        pool = self._pools.get(placement.pool, -1)
        if pool < 0 or placement.model not in self._models[pool]:
            raise SchedulerError(
                f"placement of {placement.key!r}: pool: found {placement.pool!r}, "
                f"allowed: one that serves {placement.model}"
            )
        half_hop_s = self._plant.half_hop_s[pool]
        reaches_s = now_s + self._plant.there_s(request, pool)
        if self._belief.asleep[pool]:
            ready_s = reaches_s + self._cold_s[pool]
            self._belief.wake(pool, ready_s)
            self._plant.wake(pool, ready_s)
        slot = self.slot(placement)
        self._belief.placed(slot, placement, request, reaches_s, half_hop_s)
        self._agenda.add(reaches_s, REACHED, Sent(request, pool, slot, placement.latest_end_s))
        return slot

    def slot(self, placement: Placement) -> int:
        """The slot to which a placement on a known pool goes now."""
        pool = self._pools[placement.pool]
        slot = self._slots.get(placement.slot, -1)
        return slot if slot in self._members[pool] else self._belief.soonest(pool)
