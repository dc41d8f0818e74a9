"""The worker: feeds the core with records and time, and carries out its effects."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from functions.schema import Capacity
from streams.errors import BrokerError
from streams.ports import (
    Acknowledge,
    Conclude,
    Core,
    Effect,
    History,
    Ledger,
    LetGo,
    Outgoing,
    Place,
    Publisher,
    Tell,
)
from streams.schema import News, Pool
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.alarm import Alarm
from streams.worker.awake import Awake, steady_s
from streams.worker.clock import WorkerClock
from streams.worker.intake import Delivered, Intake
from streams.worker.observer import Observer
from streams.worker.owner import Owner
from streams.worker.pressure import Pressure
from streams.worker.remark import Remark

_LOG: Final = logging.getLogger("synergai.app")
_FLUSH_S: Final = 2.0
_PAUSE_S: Final = 2.0
"""A shorter pause of this process changes nothing; the loop runs at least once a second."""
_TOLD_S: Final = 0.5
"""What the group answers to a heartbeat is known here after so long."""


class Outlets(NamedTuple):
    """Where effects go. Placements wait neither for decisions nor for news to other workers."""

    ledger: Ledger
    placements: Publisher
    decisions: Publisher
    news: Publisher


class Worker:
    """Everything happens in one event loop; the core is called synchronously."""

    def __init__(
        self,
        settings: Settings,
        core: Core,
        outlets: Outlets,
        clock: WorkerClock,
        observer: Observer,
        steady_s: Callable[[], float] = steady_s,
    ) -> None:
        self._settings = settings
        self._core = core
        self._ledger = outlets.ledger
        self._placements = outlets.placements
        self._decisions = outlets.decisions
        self._news = outlets.news
        self._clock = clock
        self._observer = observer
        self._intake = Intake()
        self.pressure = Pressure(settings, Topics(settings).requests, core, self._intake)
        self._latency = Topics(settings).system("latency")
        self._owners: dict[int, Owner] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._revoking = asyncio.Lock()
        self._unplaced = Remark(_LOG, "placements")
        self._undecided = Remark(_LOG, "decisions")
        self._untold = Remark(_LOG, "claims")
        self._sending: set[asyncio.Task[None]] = set()
        self._alarm = Alarm(clock.now_s, self._tick)
        self._awake = Awake(max(_PAUSE_S, 0.75 * settings.session_timeout_s), steady_s)

    @property
    def partitions(self) -> dict[int, bool]:
        """The partition numbers that are owned, and whether each is restored."""
        return {number: owner.live for number, owner in self._owners.items()}

    @property
    def held_bytes(self) -> int:
        """What all unacknowledged records take in memory."""
        return self._intake.bytes

    @property
    def unacknowledged(self) -> int:
        """Records delivered and not acknowledged."""
        return len(self._intake)

    def check(self) -> None:
        """Raise what an owner ended with: it ends only by a fault of ours."""
        for task in self._tasks.values():
            if task.done() and not task.cancelled():
                task.result()

    def deliver(self, delivered: Delivered) -> None:
        """A record of a requests topic or of the latency topic; others' partitions are ignored."""
        if delivered.record.partition not in self._owners:
            return
        self._clock.heard(delivered.record.append_s)
        self._intake.take(delivered)
        self._tell(delivered)

    def capacity(self, capacity: Capacity, append_s: float) -> None:
        """What an instance holds."""
        self._clock.heard(append_s)
        self._carry_out(self._core.capacity(capacity, append_s, self._step_s()))

    def declared(self, pool: Pool) -> None:
        """A pool was declared or changed."""
        self._carry_out(self._core.declared(pool, self._step_s()))

    def removed(self, pool: str) -> None:
        """A pool's declaration is gone."""
        self._carry_out(self._core.removed(pool, self._step_s()))

    def news(self, news: News, offset: int, append_s: float) -> None:
        """A record of the log of all workers."""
        self._clock.heard(append_s)
        self._carry_out(self._core.news(news, offset, self._step_s()))

    def beat(self) -> None:
        """To be called often: the other workers hear that this one lives."""
        self._carry_out(self._core.beat(self._step_s()))

    def pools_ready(self) -> None:
        """All declared pools were read once."""
        self._carry_out(self._core.pools_ready(self._step_s()))

    def heard(self) -> None:
        """The broker answered something."""
        self._core.heard(self._step_s())

    def assigned(self, partitions: Iterable[int]) -> None:
        """The group gave us these partition numbers; restoring begins."""
        for number in sorted(partitions):
            if number in self._owners:
                continue
            owner = Owner(
                number, self._ledger, self, self._settings.session_timeout_s, self._observer.live
            )
            self._owners[number] = owner
            self._tasks[number] = asyncio.create_task(owner.run())

    def _step_s(self) -> float:
        """The broker's time, at the beginning of whatever happens here."""
        if slept_s := self._awake.slept_s():
            self._doubt(slept_s)
        return self._clock.now_s()

    def _doubt(self, slept_s: float) -> None:
        """After a long pause others may have our partitions: nothing is placed on old beliefs.

        Within a heartbeat the group tells; what it leaves us is taken over anew.
        """
        if self._owners:
            _LOG.warning("this process did not run for %.1f s; takes over anew", slept_s)
        for number, owner in self._owners.items():
            self.lost(number)
            former = self._tasks[number]
            former.cancel()
            again = owner.again(former, self._settings.session_timeout_s / 4 + _TOLD_S)
            self._tasks[number] = asyncio.create_task(again)

    async def revoked(self, partitions: Iterable[int]) -> None:
        """The group takes these partition numbers away; what can be committed now is."""
        async with self._revoking:
            numbers = [number for number in partitions if number in self._owners]
            await self._flush(numbers)
            await asyncio.gather(*map(self._end, numbers))

    async def stop(self) -> None:
        """Give everything back; what was sent is waited for."""
        await self.revoked(list(self._owners))
        await self._sent()
        self._carry_out(self._core.leave(self._step_s()))
        self._alarm.stop()
        await self._sent()

    async def _sent(self) -> None:
        if self._sending:
            await asyncio.wait(self._sending, timeout=_FLUSH_S)

    async def _flush(self, numbers: Sequence[int]) -> None:
        idle = [asyncio.create_task(self._owners[n].committer.idle()) for n in numbers]
        if idle:
            _, late = await asyncio.wait(idle, timeout=_FLUSH_S)
            for task in late:
                task.cancel()

    async def _end(self, number: int) -> None:
        task = self._tasks.pop(number)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        del self._owners[number]
        self.lost(number)
        self._intake.forget(number)
        await self._ledger.release(number)

    def begin(self, partition: int) -> None:
        """Hold what comes, and tell the core again what was delivered before."""
        self._core.assigned(partition, self._step_s())
        for delivered in self._intake.again(partition):
            self._tell(delivered)

    def restored(self, partition: int, history: History) -> None:
        """Its history is known: placing begins."""
        read_to = max(history.read_to, self._intake.read_to(self._latency, partition))
        history = msgspec.structs.replace(history, read_to=read_to)
        self._carry_out(self._core.restored(partition, history, self._step_s()))

    def lost(self, partition: int) -> None:
        """Nothing that was decided for the partition counts any more."""
        self._core.revoked(partition)

    def committed(self, batch: Sequence[Conclude]) -> None:
        """These outcomes are in the ledger."""
        for conclude in batch:
            self._observer.outcome(conclude.outcome)
        self._carry_out(self._core.committed(batch, self._step_s()))

    def _tell(self, delivered: Delivered) -> None:
        record, now_s = delivered.record, self._step_s()
        if delivered.tenant is None:
            self._carry_out(self._core.reported(record, now_s))
        else:
            self._carry_out(self._core.requested(delivered.tenant, record, now_s))

    def _tick(self) -> None:
        self._carry_out(self._core.tick(self._step_s()))

    def _carry_out(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Place):
                self._background(self._place(effect))
            elif isinstance(effect, Tell):
                self._background(self._publish(self._news, effect.record, self._untold))
            elif isinstance(effect, Conclude):
                self._conclude(effect)
            elif isinstance(effect, LetGo):
                self._intake.let_go(effect.topic, effect.partition, effect.offset)
            else:
                self._acknowledge(effect)
        if not self._alarm.soon:
            self._alarm.set(self._core.wake_at_s())

    def _acknowledge(self, effect: Acknowledge) -> None:
        self._intake.acknowledge(effect.topic, effect.partition, effect.offset)

    def _conclude(self, effect: Conclude) -> None:
        owner = self._owners.get(effect.partition)
        if owner is not None:
            owner.committer.add(effect)

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _place(self, place: Place) -> None:
        told = self._publish(self._decisions, place.published, self._undecided)
        decided = asyncio.create_task(told)
        try:
            await self._placements.publish(place.placement)
        except BrokerError as error:
            self._unplaced.failed(error)
            now_s = self._step_s()
            self._carry_out(self._core.unplaced(place.identity, place.attempt, now_s))
        else:
            self._unplaced.worked()
            self._observer.placed(place.decision)
        await decided

    async def _publish(self, publisher: Publisher, record: Outgoing, remark: Remark) -> None:
        """Without it nothing goes wrong.

        A takeover would place again what no decision tells of; claims that nobody reads come to
        nothing.
        """
        try:
            await publisher.publish(record)
        except BrokerError as error:
            remark.failed(error)
        else:
            remark.worked()
