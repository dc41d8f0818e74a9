"""The controller's composition root: cluster, Kafka, metrics, until SIGTERM."""

import asyncio
import logging
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from k8s import kinds
from k8s.cluster.connecting import connect
from k8s.cluster.leasing import Claim, Election
from k8s.cluster.settings import identity
from k8s.errors import ClusterError
from k8s.ports import Cluster
from k8s.prewarm.core import Controller
from k8s.prewarm.metrics import Metrics
from k8s.prewarm.shell import Shell, Surroundings, scopes
from streams.prewarm.declaring import KafkaDeclarer
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.feeds import Feed, read_demand
from streams.worker.web import Web

_LOG: Final = logging.getLogger("synergai.k8s")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a controller is started with."""

    deployment: str
    """Name of the deployment; its Lease is ``<name>-controller``."""
    namespace: str
    release_after_s: float = 60.0
    spare: int = 0
    kubeconfig: Path | None = None
    context: str | None = None
    port: int = 0
    host: str = "127.0.0.1"


async def serve(options: Options, settings: Settings, bootstrap: str) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        K8sError: no cluster, a missing role, Knative that is not installed.
        StreamsError: the port cannot be had.
    """
    async with connect(options.kubeconfig, options.context) as cluster:
        task = asyncio.ensure_future(work(cluster, options, settings, bootstrap))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task


async def work(cluster: Cluster, options: Options, settings: Settings, bootstrap: str) -> None:
    """Work until cancelled."""
    core = Controller(options.release_after_s, options.spare)
    metrics = Metrics(core)
    name = f"{options.deployment}-controller"
    claim = Claim(name=name, namespace=options.namespace, holder=identity())
    election = Election(cluster, claim, time.monotonic, time.time)
    source = f"/synergai/k8s/{options.namespace}/{options.deployment}"
    declarer = KafkaDeclarer(bootstrap, settings, source)
    around = Surroundings(steady_s=time.monotonic, cpu_s=time.thread_time, draw=random.random)
    shell = Shell(cluster, core, election, declarer, metrics, around)
    async with _listening(shell, metrics, options), _fed(shell, settings, bootstrap):
        await shell.run(scopes(options.namespace, sources=await _sources(cluster)))


async def _sources(cluster: Cluster) -> bool:
    """Whether there are event sources to watch; asked until the API server answers."""
    said = False
    while True:
        try:
            return await cluster.knows(kinds.SOURCE)
        except ClusterError as error:
            if not said:
                _LOG.warning("%s; waiting", error)
            said = True
            await asyncio.sleep(1.0)


@asynccontextmanager
async def _listening(shell: Shell, metrics: Metrics, options: Options) -> AsyncIterator[None]:
    """/health and /metrics, where a port is given."""
    if not options.port:
        yield
        return
    web = Web(lambda: shell.unready, lambda: metrics.text(time.monotonic()))
    await web.start(options.host, options.port)
    try:
        yield
    finally:
        await web.stop()


@asynccontextmanager
async def _fed(shell: Shell, settings: Settings, bootstrap: str) -> AsyncIterator[None]:
    """The demands of all workers, as they come."""

    def take(record: Any) -> None:
        shell.demanded(read_demand(record))

    topic = Topics(settings).system("demand")
    feed = Feed(bootstrap, topic, take, from_start=False, caught_up=lambda: None)
    task = asyncio.create_task(feed.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
