"""Everybody on stage: starts them, watches over them, does to them what a fault says."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

from streams.broker.options import Progress
from streams.broker.running import RunningBroker, start
from streams.chaos import actor
from streams.chaos.actor import Actor, BrokerProcess, Process
from streams.chaos.cast import Cast
from streams.chaos.schedule import BROKER
from streams.chaos.schema import Fault, Finding, Happened
from streams.errors import BrokerError, StackError
from streams.stack.plan import topics
from streams.stack.readiness import reason
from streams.worker.admin import create_topics
from streams.worker.declare import declare

_READY_S: Final = 90.0
_POLL_S: Final = 0.2
_SLOW_S: Final = (0.08, 0.02)
"""Asleep and awake in turns: a machine that somebody else uses as well."""
_DELAY_S: Final = 0.1
_DIES_WITHIN_S: Final = 15.0


class Stage:
    """The processes of a cast. Faults on one process wait for each other."""

    def __init__(self, cast: Cast, broker: RunningBroker, garble: Callable[[], None]) -> None:
        self.cast = cast
        self.actors: Mapping[str, Actor] = {
            BROKER: BrokerProcess(broker),
            **{name: Process(command) for name, command in cast.commands.items()},
        }
        self.findings: list[Finding] = []
        """Processes that ended by themselves, or badly."""
        self.past: list[Happened] = []
        """The faults so far."""
        self._garble = garble
        self._turns = {name: asyncio.Lock() for name in self.actors}
        self._held: set[str] = set()

    def start(self) -> None:
        """Start everybody but the broker, which runs."""
        for name in self.cast.commands:
            self.actors[name].start()

    async def ready(self) -> None:
        """Wait until everybody answers who is not held.

        Raises:
            StackError: somebody does not answer in time; says who and why.
        """
        until_s = time.monotonic() + _READY_S
        urls = self.cast.health
        for name in urls.keys() - self._held:
            while why := await asyncio.to_thread(reason, urls[name]):
                if time.monotonic() > until_s:
                    raise StackError(f"{name} is not ready within {_READY_S:g} s: {why}")
                await asyncio.sleep(_POLL_S)

    def happened(self, name: str, at_s: float) -> None:
        """Somebody else killed it."""
        fault = Fault(at_s=0.0, kind="kill", target=name, lasts_s=0.0)
        self.past.append(Happened(fault=fault, from_s=at_s, until_s=time.time()))

    def hold(self, name: str) -> None:
        """Somebody else starts and stops this one for a while."""
        self._held.add(name)

    def release(self, name: str) -> None:
        """It is watched over again."""
        self._held.discard(name)

    async def watch(self) -> None:
        """Note who ends by itself, and start it again; until cancelled."""
        while True:
            await asyncio.sleep(_POLL_S)
            for name, turn in self._turns.items():
                if turn.locked() or name in self._held:
                    continue
                if how := self.actors[name].died():
                    self.findings.append(Finding(what="process ended", subject=name, detail=how))
                    async with turn:
                        await asyncio.to_thread(self.actors[name].start)

    async def suffer(self, fault: Fault) -> None:
        """Let a fault happen, from its beginning to its end."""
        if fault.target in self.actors:
            async with self._turns[fault.target]:
                await self._happen(fault, self._to_process)
        elif fault.target in self.cast.links:
            await self._happen(fault, self._to_link)
        else:
            await self._happen(fault, self._to_producer)

    async def _happen(self, fault: Fault, act: Callable[[Fault], Awaitable[str]]) -> None:
        from_s = time.time()
        note = await act(fault)
        self.past.append(Happened(fault=fault, from_s=from_s, until_s=time.time(), note=note))

    async def _to_producer(self, _: Fault) -> str:
        self._garble()
        return ""

    async def _to_link(self, fault: Fault) -> str:
        link = self.cast.links[fault.target]
        if fault.kind == "cut":
            link.cut()
        elif fault.kind == "stall":
            link.stall()
        else:
            link.delay(_DELAY_S)
        await asyncio.sleep(fault.lasts_s)
        link.heal()
        return ""

    async def _to_process(self, fault: Fault) -> str:
        one = self.actors[fault.target]
        if fault.kind == "pause":
            actor.sleep(one.pid)
            await asyncio.sleep(fault.lasts_s)
            actor.wake(one.pid)
            return ""
        if fault.kind == "slow":
            return await self._slow(one, fault.lasts_s)
        note = await self._end(one, fault)
        await asyncio.sleep(fault.lasts_s)
        await asyncio.to_thread(one.start)
        return note

    async def _end(self, one: Actor, fault: Fault) -> str:
        if fault.kind == "full":
            actor.fill_disk(one.pid)
            until_s = time.monotonic() + _DIES_WITHIN_S
            while not one.died() and time.monotonic() < until_s:  # noqa: ASYNC110
                await asyncio.sleep(_POLL_S)
            note = one.died() or "lived on"
            await asyncio.to_thread(one.kill)
            return note
        if fault.kind == "kill":
            await asyncio.to_thread(one.kill)
            return ""
        note = await asyncio.to_thread(one.stop)
        if note:
            self.findings.append(Finding(what="bad end", subject=fault.target, detail=note))
        return note

    async def _slow(self, one: Actor, seconds: float) -> str:
        until_s = time.monotonic() + seconds
        asleep_s, awake_s = _SLOW_S
        while time.monotonic() < until_s:
            actor.sleep(one.pid)
            await asyncio.sleep(asleep_s)
            actor.wake(one.pid)
            await asyncio.sleep(awake_s)
        return ""

    async def close(self) -> None:
        """End everybody but the broker; nobody stays asleep or behind a wall."""
        for link in self.cast.links.values():
            link.heal()
        for name in self.cast.commands:
            actor.wake(self.actors[name].pid)
        ends = (asyncio.to_thread(self.actors[name].stop) for name in self.cast.commands)
        await asyncio.gather(*ends)
        for link in self.cast.links.values():
            await link.close()


@asynccontextmanager
async def staged(
    cast: Cast, garble: Callable[[], None], progress: Progress
) -> AsyncIterator[Stage]:
    """Broker, topics, links and processes inside the ``with``; none of them after it.

    Raises:
        BrokerError: the broker cannot be started.
    """
    broker = await asyncio.to_thread(start, cast.broker, progress)
    try:
        stage = Stage(cast, broker, garble)
        for link in cast.links.values():
            await link.start()
        await create_topics(broker.bootstrap, topics(cast.stack, cast.settings))
        await declare(broker.bootstrap, cast.settings, cast.stack.pools)
        try:
            stage.start()
            yield stage
        finally:
            await stage.close()
    finally:
        with suppress(BrokerError):
            await asyncio.to_thread(broker.stop)
