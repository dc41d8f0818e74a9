"""When something is out, and when that is noticed."""

from collections.abc import Sequence
from math import inf

from scheduler.simulator.agenda import BACK, NOTICED, OUT, Agenda
from scheduler.simulator.belief import Belief
from scheduler.simulator.instances import Sent
from scheduler.simulator.layout import Layout
from scheduler.simulator.plant import Plant
from scheduler.simulator.types import Scenario


class Trouble:
    """One outage: its slots, what was lost there, whether it is known and over."""

    def __init__(self, slots: tuple[int, ...]) -> None:
        self.slots = slots
        self.lost: list[Sent] = []
        self.on = False
        self.noticed = False


class Outages:
    """What a slot that is out has lost comes back to the policy once the outage is noticed.

    It is noticed when the first placement that it has swallowed should have been answered at the
    latest, after ``notice_s``, or when the slots are back, whichever is first. Until then the
    policy believes in these slots; from then on, until they are back, they are not there.
    """

    def __init__(
        self,
        scenario: Scenario,
        layout: Layout,
        plant: Plant,
        beliefs: Sequence[Belief],
        agenda: Agenda,
    ) -> None:
        self._plant = plant
        self._beliefs = beliefs
        self._agenda = agenda
        self._all: list[Trouble] = []
        pools = {pool.name: index for index, pool in enumerate(scenario.pools)}
        for outage in scenario.outages:
            slots = layout.pool_slots[pools[outage.pool]]
            trouble = Trouble(slots if outage.instance is None else (slots[outage.instance],))
            self._all.append(trouble)
            agenda.add(outage.from_s, OUT, trouble)
            if outage.to_s < inf:
                agenda.add(outage.to_s, BACK, trouble)
            if outage.from_s + scenario.notice_s < outage.to_s:
                agenda.add(outage.from_s + scenario.notice_s, NOTICED, trouble)

    def begin(self, trouble: Trouble, now_s: float) -> None:
        """Its slots are out; what they held is lost."""
        trouble.on = True
        for slot in trouble.slots:
            for sent in self._plant.out(slot, now_s):
                self._lose(trouble, sent, now_s)

    def swallow(self, sent: Sent, now_s: float) -> None:
        """A placement has reached a slot that is out."""
        trouble = next(one for one in self._all if one.on and sent.slot in one.slots)
        self._lose(trouble, sent, now_s)

    def notice(self, trouble: Trouble) -> list[Sent]:
        """It is noticed, if it is still on; what comes back to the policy."""
        if not trouble.on:
            return []
        if not trouble.noticed:
            trouble.noticed = True
            for belief in self._beliefs:
                for slot in trouble.slots:
                    belief.hide(slot)
        return self._returned(trouble)

    def end(self, trouble: Trouble, now_s: float) -> list[Sent]:
        """Its slots are back; what comes back to the policy."""
        trouble.on = False
        for slot in trouble.slots:
            self._plant.back(slot)
            for belief in self._beliefs if trouble.noticed else ():
                belief.show(slot, now_s)
        for sent in trouble.lost:
            for belief in self._beliefs:
                belief.ended(sent.slot, sent.request, now_s)
        return self._returned(trouble)

    def _lose(self, trouble: Trouble, sent: Sent, now_s: float) -> None:
        trouble.lost.append(sent)
        at_s = now_s if trouble.noticed else max(now_s, sent.latest_s)
        self._agenda.add(at_s, NOTICED, trouble)

    def _returned(self, trouble: Trouble) -> list[Sent]:
        lost = sorted(trouble.lost, key=lambda sent: sent.request)
        trouble.lost.clear()
        return lost
