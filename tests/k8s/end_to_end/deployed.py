"""SynergAI on the cluster bed: its Kafka, app and event source beside it, its functions in pods."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from profiles.store import save
from streams.audit import examine
from streams.audit.schema import Report
from streams.broker.options import Door
from streams.broker.running import RunningBroker, start
from streams.client import Client
from streams.client.answer import Answer
from streams.client.client import Ticket
from streams.settings import Settings
from streams.stack.free_ports import free_ports
from streams.topics import Topics
from streams.worker.admin import create_topics
from streams.worker.declare import declare
from tests.k8s.bed.cluster import Cluster
from tests.k8s.bed.rest import Object, named
from tests.k8s.bed.sources import Sources
from tests.k8s.bed.waiting import until
from tests.k8s.end_to_end import pools
from tests.support.broker import options
from tests.support.worker_process import WorkerProcess

NAMESPACE: Final = "synergai"
PREFIX: Final = "bed"
DEADLINE_S: Final = 90.0
_ANSWERED_S: Final = 120.0
_PAYLOAD: Final = b"# A heading\n\nSome text that is *marked down*.\n"
_REVISION: Final = "serving.knative.dev/revision"


class Deployed:
    """What tests do with it."""

    def __init__(
        self, cluster: Cluster, broker: RunningBroker, settings: Settings, client: Client,
        app: WorkerProcess,
    ) -> None:  # fmt: skip
        self.cluster = cluster
        self.broker = broker
        self.settings = settings
        self.app = app
        self._client = client

    def submit(self, deadline_s: float = DEADLINE_S) -> Ticket:
        """One request."""
        return self._client.submit(pools.MODEL, _PAYLOAD, "text/plain", deadline_s=deadline_s)

    def pods(self, pool: str) -> list[Object]:
        """The pods of a pool that are not leaving, of whatever revision."""
        return self.cluster.pods(NAMESPACE, {"serving.knative.dev/service": pool})

    def warm(self, pool: str, count: int | None) -> None:
        """Keep so many instances of a pool at least; None: none in particular."""
        revision = self.cluster.revision(pool, NAMESPACE)
        about = named("serving.knative.dev/v1", "Revision", revision, NAMESPACE)
        text = None if count is None else str(count)
        change = {"metadata": {"annotations": {"autoscaling.knative.dev/min-scale": text}}}
        self.cluster.rest.merge(about, change)

    def at_zero(self) -> bool:
        """Whether nothing runs."""
        return not self.cluster.pods(NAMESPACE, leaving=True)

    def audit(self) -> Report:
        """Of everything since the start; what is open is waited for."""
        return asyncio.run(examine(self.broker.bootstrap, self.settings, wait_s=60.0))


class Flowing(threading.Thread):
    """Requests at a steady rate, while it is used as a context."""

    def __init__(self, deployed: Deployed, per_s: float) -> None:
        super().__init__(daemon=True, name="flowing")
        self._deployed = deployed
        self._gap_s = 1 / per_s
        self._tickets: list[Ticket] = []
        self._closing = threading.Event()

    def run(self) -> None:
        """Until it is closed."""
        while not self._closing.wait(self._gap_s):
            self._tickets.append(self._deployed.submit())

    def more(self, count: int) -> None:
        """Wait until so many more have been answered."""
        wanted = self._answered() + count
        until(lambda: self._answered() >= wanted, f"{count} more answers", _ANSWERED_S)

    def close(self) -> None:
        """Stop submitting."""
        self._closing.set()
        self.join()

    def answers(self) -> list[Answer]:
        """Of every request, once all are there."""
        return answers(self._tickets)

    def _answered(self) -> int:
        return sum(each.done() for each in self._tickets)


def answers(tickets: list[Ticket]) -> list[Answer]:
    """Wait for all."""
    until_s = time.monotonic() + _ANSWERED_S
    return [each.result(max(0.1, until_s - time.monotonic())) for each in tickets]


@contextmanager
def running(cluster: Cluster, folder: Path) -> Iterator[Deployed]:
    """Kafka, topics, pools, manifests, app and event source; everything at zero."""
    settings = Settings(topic_prefix=PREFIX, partitions=2, session_timeout_s=3.0)
    (port,) = free_ports(1)
    door = Door(port=port, advertised=port, host=cluster.machine)
    with ExitStack() as held:
        broker = start(msgspec.structs.replace(options(folder / "broker"), doors=(door,)))
        held.callback(broker.stop)
        asyncio.run(_prepare(broker.bootstrap, settings))
        _apply(cluster, settings, f"{cluster.machine}:{port}")
        held.callback(_remove, cluster)
        sources = Sources(cluster, folder, broker.bootstrap, NAMESPACE)
        held.enter_context(closing(sources))
        sources.start()
        app = held.enter_context(_app(broker.bootstrap, settings, folder))
        asyncio.run(app.ready())
        client = held.enter_context(Client(broker.bootstrap, prefix=PREFIX))
        yield Deployed(cluster, broker, settings, client, app)


async def _prepare(bootstrap: str, settings: Settings) -> None:
    topics = Topics(settings)
    declared = [pools.declared(each, topics, cold_start_s=3.0) for each in pools.POOLS]
    rows = [topics.pool_row(each.topic) for each in declared]
    await create_topics(bootstrap, [*topics.table(), *rows])
    await declare(bootstrap, settings, declared)


def _apply(cluster: Cluster, settings: Settings, bootstrap: str) -> None:
    """``bootstrap`` is where pods find Kafka."""
    cluster.rest.apply(named("v1", "Namespace", NAMESPACE))
    shared = {
        "SYNERGAI_KAFKA_BOOTSTRAP": bootstrap,
        "SYNERGAI_TOPIC_PREFIX": settings.topic_prefix,
    }
    topics = Topics(settings)
    for each in pools.POOLS:
        pool = pools.declared(each, topics, cold_start_s=0.0)
        cluster.rest.apply(pools.service(each, NAMESPACE, shared))
        cluster.rest.apply(pools.source(pool, NAMESPACE, bootstrap))
    for each in pools.POOLS:
        until(partial(cluster.revision, each.name, NAMESPACE), f"{each.name} is ready", 90.0)


def _remove(cluster: Cluster) -> None:
    for version, kind in (
        ("sources.knative.dev/v1", "KafkaSource"),
        ("serving.knative.dev/v1", "Service"),
    ):
        for each in cluster.rest.items(version, kind, NAMESPACE):
            cluster.rest.delete(each)


def _app(bootstrap: str, settings: Settings, folder: Path) -> WorkerProcess:
    save([pools.profile(each) for each in pools.POOLS], folder / "profiles.yaml")
    return WorkerProcess(
        folder,
        {
            "SYNERGAI_KAFKA_BOOTSTRAP": bootstrap,
            "SYNERGAI_TOPIC_PREFIX": settings.topic_prefix,
            "SYNERGAI_PARTITIONS": str(settings.partitions),
            "SYNERGAI_SESSION_TIMEOUT_S": str(settings.session_timeout_s),
            "SYNERGAI_PROFILES": str(folder / "profiles.yaml"),
        },
    )
