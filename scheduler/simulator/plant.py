"""The machines at work: starts, ends, wakings, outages; everything here is the truth."""

from math import inf

from scheduler.simulator.agenda import DROPPED, ENDED, READY, REPORTED, Agenda
from scheduler.simulator.instances import Batch, Instance, Sent
from scheduler.simulator.layout import Layout
from scheduler.simulator.record import Record
from scheduler.simulator.truth import Truth
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload


class Plant:
    """All instances. What they end or skip is told on the agenda, once the answer is back."""

    def __init__(
        self,
        scenario: Scenario,
        layout: Layout,
        workload: Workload,
        truth: Truth,
        agenda: Agenda,
        record: Record,
    ) -> None:
        self.half_hop_s = [scenario.round_trip_s(pool) / 2 for pool in scenario.pools]
        self._per_byte_s = [scenario.per_byte_s(pool) for pool in scenario.pools]
        self._size_bytes: list[int] = workload.size_bytes.tolist()
        self._instances = [Instance(slot) for slot in range(len(layout.slots))]
        self._truth = truth
        self._agenda = agenda
        self._record = record
        self._pool_slots = layout.pool_slots
        self._deadline_s: list[float] = workload.deadline_s.tolist()
        self._expiry_s: list[float] = (workload.arrival_s + workload.expiry_s).tolist()
        self._first_s = float(workload.arrival_s[0]) if workload.arrival_s.size else 0.0
        self._touched: list[Instance] = []
        """Where something ended or came since the last starts."""
        for pool, slots in zip(scenario.pools, layout.pool_slots, strict=True):
            for slot in slots if pool.start == "cold" else ():
                self._instances[slot].ready_s = inf
                record.absent(slot, inf)

    def there_s(self, request: int, pool: int) -> float:
        """From leaving to being there, in seconds: half a hop and the time of the payload."""
        return self.half_hop_s[pool] + self._size_bytes[request] * self._per_byte_s[pool]

    def reached(self, sent: Sent) -> bool:
        """A request is at its instance, in time for what starts now; False: that is out."""
        instance = self._instances[sent.slot]
        self._record.attempts[sent.request] += 1
        if instance.out:
            return False
        instance.wait(self._deadline_s[sent.request], sent)
        self._touched.append(instance)
        return True

    def start(self, now_s: float) -> None:
        """Idle instances take what waits at them."""
        if not self._touched:
            return
        for instance in self._touched:
            if instance.running is None and instance.queue and instance.ready_s <= now_s:
                self._skip(instance, now_s)
                if instance.queue:
                    batch = instance.begin(self._truth, now_s)
                    self._agenda.add(now_s + batch.service_s, ENDED, batch)
        self._touched.clear()

    def ended(self, batch: Batch, now_s: float) -> None:
        """A batch is computed, unless it was lost before."""
        instance = self._instances[batch.slot]
        if instance.running is not batch:
            return
        instance.running = None
        end_s = now_s + self.half_hop_s[batch.pool]
        self._record.ended(batch, end_s)
        self._agenda.add(end_s, REPORTED, batch)
        self._touched.append(instance)

    def wake(self, pool: int, ready_s: float) -> None:
        """A pool at zero starts."""
        for slot in self._pool_slots[pool]:
            self._instances[slot].ready_s = ready_s
            self._record.absent(slot, ready_s - self._first_s)
        self._agenda.add(ready_s, READY, pool)

    def ready(self, pool: int) -> None:
        """The instances of a pool have woken."""
        self._touched += [self._instances[slot] for slot in self._pool_slots[pool]]

    def out(self, slot: int, now_s: float) -> list[Sent]:
        """A slot goes out; what is lost with it."""
        instance = self._instances[slot]
        instance.out += 1
        if instance.running is not None:
            self._record.lost(instance.running, now_s)
        return instance.stop()

    def back(self, slot: int) -> None:
        """An outage of a slot is over."""
        self._instances[slot].out -= 1

    def _skip(self, instance: Instance, now_s: float) -> None:
        """Drops what has expired; the policy hears of it as of an answer."""
        while instance.queue and self._expiry_s[instance.queue[0][1]] <= now_s:
            sent = instance.queue[0][2]
            instance.drop()
            self._agenda.add(now_s + self.half_hop_s[sent.pool], DROPPED, sent)
