"""A worker with the real core and policy in a world without Kafka."""

import time
from collections.abc import Iterable, Sequence
from functools import partial

import msgspec

from functions.schema import Capacity
from profiles.schema import Profile
from scheduler.estimator import Estimator
from scheduler.registry import build
from streams.core import Dispatcher
from streams.ports import Record
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.clock import WorkerClock
from streams.worker.intake import Delivered
from streams.worker.observer import Unobserved
from streams.worker.worker import Outlets, Worker
from tests.support.memory_broker import MemoryBroker, Place
from tests.support.memory_ports import MemoryLedger, MemoryPublisher
from tests.support.waiting import until


class MemoryWorker:
    """Consumes as the group would let it; what is acknowledged is committed at once."""

    def __init__(
        self, broker: MemoryBroker, settings: Settings, profiles: Sequence[Profile]
    ) -> None:
        self._broker = broker
        self._topics = topics = Topics(settings)
        estimator = Estimator(profiles)
        policy = build(settings.policy, estimator)
        self.core = Dispatcher(settings, policy, estimator, topics, estimator.version)
        self.ledger = MemoryLedger(broker, settings)
        outlets = Outlets(self.ledger, *[MemoryPublisher(broker) for _ in range(3)])
        self.slept_s = 0.0
        """Set it, and the next step of the worker comes after so long a pause."""
        self.worker = Worker(
            settings, self.core, outlets, WorkerClock(), Unobserved(), self._steady_s
        )
        self._positions: dict[Place, int] = {}
        self._capacity = (topics.system("capacity"), 0)
        self._pools = (topics.system("pools"), 0)
        self._feeds = {self._capacity: len(broker.since(self._capacity, 0)), self._pools: 0}
        self._unfollow = broker.follow(self._pump)

    async def start(self, partitions: Iterable[int]) -> None:
        """Read the pools, own the partitions and wait until they are restored."""
        self._pump()
        self.worker.pools_ready()
        self.assign(partitions)
        await until(lambda: all(self.worker.partitions.values()))

    def assign(self, partitions: Iterable[int]) -> None:
        """The group gives partition numbers; delivery begins at what is committed."""
        for number in partitions:
            for topic in (*self._topics.requests, self._topics.system("latency")):
                self._positions[topic, number] = self._broker.committed.get((topic, number), 0)
        self.worker.assigned(partitions)
        self._pump()

    async def revoke(self, partitions: Iterable[int]) -> None:
        """The group takes partition numbers away."""
        gone = set(partitions)
        await self.worker.revoked(gone)
        self._positions = {p: at for p, at in self._positions.items() if p[1] not in gone}

    async def stop(self) -> None:
        """End."""
        self._unfollow()
        await self.worker.stop()

    def crash(self) -> None:
        """Hear of nothing any more, flush nothing; what runs is cut off."""
        self._unfollow()
        self._positions.clear()
        for task in self.worker._tasks.values():
            task.cancel()

    def _steady_s(self) -> float:
        return time.monotonic() + self.slept_s

    def _pump(self) -> None:
        tenants = self._topics.requests
        for place, position in list(self._positions.items()):
            records = self._broker.since(place, position)
            self._positions[place] = position + len(records)
            for record in records:
                ack = partial(self._commit, place, record.offset + 1)
                self.worker.deliver(Delivered(tenants.get(record.topic), record, ack))
        for place, position in list(self._feeds.items()):
            records = self._broker.since(place, position)
            self._feeds[place] = position + len(records)
            for record in records:
                self._feed(place, record)

    def _feed(self, place: Place, record: Record) -> None:
        if place == self._capacity:
            capacity = msgspec.json.decode(record.value, type=Capacity)
            self.worker.capacity(capacity, record.append_s)
        elif record.value:
            self.worker.declared(msgspec.json.decode(record.value, type=Pool))
        else:
            self.worker.removed((record.key or b"").decode())

    def _commit(self, place: Place, offset: int) -> None:
        assert offset > self._broker.committed.get(place, 0), "acknowledged backwards"
        self._broker.committed[place] = offset
