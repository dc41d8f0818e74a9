"""The controller at work: watches, listens to the demand, leads or waits, writes."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from typing import Final

import msgspec

from k8s import kinds
from k8s.cluster.following import Followed, Listed, Pause
from k8s.cluster.leasing import RENEW_S, Election
from k8s.errors import ClusterError, K8sError
from k8s.ports import CONTROLLER, Cluster, Scope, kind_of
from k8s.prewarm.budget import Budget
from k8s.prewarm.core import Controller
from k8s.prewarm.ports import Declarer, Observer
from k8s.prewarm.types import Write
from scheduler.demand import Demand

_LOG: Final = logging.getLogger("synergai.k8s")
TICK_S: Final = 0.5
"""Without any news it looks so often."""
BREATH_S: Final = 0.05
"""News of a burst are gathered for so long."""
_AT_ONCE: Final = 16
"""Writes under way at the same time."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Clocks and chance, which tests replace."""

    steady_s: Callable[[], float]
    cpu_s: Callable[[], float]
    """What this thread has used of the processor."""
    draw: Callable[[], float]


def scopes(namespace: str, *, sources: bool) -> list[Scope]:
    """What is watched: our objects, and all that takes room on the nodes."""
    own = [kinds.SERVICE, kinds.REVISION] + ([kinds.SOURCE] if sources else [])
    return [Scope(kinds.NODE), Scope(kinds.POD), *(Scope(kind, namespace) for kind in own)]


class Shell:
    """`run` works until cancelled; `demanded` may be called at any time."""

    def __init__(
        self,
        cluster: Cluster,
        core: Controller,
        election: Election,
        declarer: Declarer,
        observer: Observer,
        around: Surroundings,
    ) -> None:
        self._cluster = cluster
        self._core = core
        self._election = election
        self._declarer = declarer
        self._observer = observer
        self._around = around
        self._followed: list[Followed] = []
        self._news = asyncio.Event()
        self._undeclared = ""

    def demanded(self, demand: Demand) -> None:
        """A worker said what it has and expects."""
        self._core.demanded(demand, self._around.steady_s())
        self._news.set()

    @property
    def unready(self) -> list[str]:
        """Why it cannot work now; empty: it can."""
        if not self._followed:
            return ["it is starting"]
        if any(follow.away for follow in self._followed):
            return ["the API server does not answer"]
        if not all(follow.listed for follow in self._followed):
            return ["not everything was listed yet"]
        return []

    async def run(self, watched: Sequence[Scope]) -> None:
        """Watch, lead or wait, and write.

        Raises:
            K8sError: a role is missing, or something is not installed.
        """
        self._followed = [
            Followed(self._cluster, scope, Pause(asyncio.sleep, self._around.draw))
            for scope in watched
        ]
        try:
            async with asyncio.TaskGroup() as group:
                for follow, scope in zip(self._followed, watched, strict=True):
                    group.create_task(self._follow(follow, scope))
                group.create_task(self._elect())
                group.create_task(self._work())
        except* K8sError as errors:
            raise _first(errors) from None
        finally:
            with suppress(K8sError):
                await self._election.resign()

    async def _follow(self, follow: Followed, scope: Scope) -> None:
        async with aclosing(follow.news()) as told:
            async for news in told:
                now_s = self._around.steady_s()
                if isinstance(news, Listed):
                    self._core.listed(scope.kind, news.items, now_s)
                elif news.type == "DELETED":
                    self._core.removed(scope.kind, news.object)
                else:
                    self._core.changed(scope.kind, news.object, now_s)
                self._news.set()

    async def _elect(self) -> None:
        led = False
        while True:
            leads = await self._election.step()
            self._observer.leads(leads=leads)
            if leads != led:
                _LOG.info("leads now" if leads else "leads no more")
                self._news.set()
            led = leads
            await asyncio.sleep(RENEW_S * (0.75 + 0.5 * self._around.draw()))

    async def _work(self) -> None:
        budget = Budget()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._news.wait()
            self._news.clear()
            began_s = self._around.cpu_s()
            writes = self._step(self._around.steady_s())
            rest_s = budget.spent(self._around.cpu_s() - began_s, self._around.steady_s())
            if self._election.leads and not self.unready:
                await self._send(writes)
                await self._declare()
            await asyncio.sleep(max(BREATH_S, rest_s))

    def _step(self, now_s: float) -> list[Write]:
        """What to write; nothing while another leads or not everything is known."""
        for service, took_s in self._core.started():
            self._observer.started(service, took_s)
        if not self._election.leads or self.unready:
            return []
        return self._core.step(now_s)

    async def _send(self, writes: Sequence[Write]) -> None:
        for first in range(0, len(writes), _AT_ONCE):
            await asyncio.gather(*map(self._write, writes[first : first + _AT_ONCE]))

    async def _write(self, write: Write) -> None:
        """Send one; what fails is due again, by what the object says."""
        await self._patch(write)
        self._core.wrote(write, self._around.steady_s())

    async def _patch(self, write: Write) -> None:
        try:
            found = await self._cluster.patch(write.ref, write.patch, manager=CONTROLLER)
        except ClusterError:
            self._observer.wrote(write, "away")
            return
        except K8sError as error:
            _LOG.warning("pool %s: %s", write.pool, error)
            self._observer.wrote(write, "refused")
            return
        self._observer.wrote(write, "written" if found else "absent")
        if found is not None:
            self._core.changed(kind_of(found), found, self._around.steady_s())
            said = "" if write.instances is None else f" at least {write.instances}:"
            _LOG.info("pool %s, %s:%s %s", write.pool, write.ref.name, said, write.reason)

    async def _declare(self) -> None:
        try:
            await self._declarer.declare(self._core.declared(self._around.steady_s()))
        except K8sError as error:
            if str(error) != self._undeclared:
                _LOG.warning("pools cannot be declared: %s; trying on", error)
            self._undeclared = str(error)
            return
        self._undeclared = ""


def _first(errors: ExceptionGroup[K8sError]) -> K8sError:
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found
