"""A controller's shell at work on any cluster, and what it told whom."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from k8s.cluster.leasing import Claim, Election
from k8s.errors import ClusterError
from k8s.ports import Cluster
from k8s.prewarm.core import Controller
from k8s.prewarm.shell import Shell, Surroundings, scopes
from k8s.prewarm.types import Declared, Write
from scheduler.demand import Demand
from tests.support.cluster_objects import NAMESPACE


class Heard:
    """Implements the ports of the shell: keeps what it is told."""

    def __init__(self) -> None:
        self.declared: dict[str, Declared] = {}
        self.written: list[tuple[Write, str]] = []
        self.away = False

    async def declare(self, pools: Sequence[Declared]) -> None:
        """The declared pools."""
        if self.away:
            raise ClusterError("the broker is away")
        self.declared = {pool.name: pool for pool in pools}

    def wrote(self, write: Write, result: str) -> None:
        """A write ended."""
        self.written.append((write, result))

    def started(self, service: str, took_s: float) -> None:
        """An instance became ready."""

    def leads(self, *, leads: bool) -> None:
        """Whether it leads."""


class Running:
    """One controller process."""

    def __init__(
        self, cluster: Cluster, name: str, namespace: str, release_after_s: float, lasts_s: float
    ) -> None:
        self.core = Controller(release_after_s)
        self.heard = Heard()
        claim = Claim(name="prewarm", namespace=namespace, holder=name, lasts_s=lasts_s)
        self.election = Election(cluster, claim, time.monotonic, time.time)
        around = Surroundings(steady_s=time.monotonic, cpu_s=time.thread_time, draw=lambda: 0.5)
        self.shell = Shell(cluster, self.core, self.election, self.heard, self.heard, around)
        self._namespace = namespace

    async def run(self, *, sources: bool = False) -> None:
        """Until cancelled."""
        await self.shell.run(scopes(self._namespace, sources=sources))


@asynccontextmanager
async def running(
    cluster: Cluster,
    name: str = "a",
    *,
    namespace: str = NAMESPACE,
    release_after_s: float = 0.3,
    lasts_s: float = 8.0,
) -> AsyncIterator[Running]:
    """A controller at work."""
    found = Running(cluster, name, namespace, release_after_s, lasts_s)
    task = asyncio.create_task(found.run())
    try:
        yield found
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def telling(
    controllers: Sequence[Running], demand: Demand, every_s: float = 0.2
) -> AsyncIterator[None]:
    """A worker tells all of them the same, again and again."""

    async def tell() -> None:
        while True:
            for each in controllers:
                each.shell.demanded(demand)
            await asyncio.sleep(every_s)

    task = asyncio.create_task(tell())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
