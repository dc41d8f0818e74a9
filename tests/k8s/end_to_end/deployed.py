"""SynergAI on the cluster bed: what is rendered runs in pods; Kafka and event source beside it."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from k8s import labels
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
from tests.k8s.bed.cluster import Cluster
from tests.k8s.bed.rest import Object, named
from tests.k8s.bed.sources import Sources
from tests.k8s.bed.waiting import until
from tests.k8s.command import run
from tests.k8s.end_to_end import pools
from tests.k8s.end_to_end.pools import NAMESPACE
from tests.support.broker import options

PREFIX: Final = "bed"
DEADLINE_S: Final = 90.0
_ANSWERED_S: Final = 120.0
_READY_S: Final = 180.0
_COMMAND_S: Final = 400.0
_PAYLOAD: Final = b"# A heading\n\nSome text that is *marked down*.\n"
_MIN_SCALE: Final = "autoscaling.knative.dev/min-scale"
_FUNCTION: Final = {"app.kubernetes.io/component": "function"}


class Deployed:
    """What tests do with it."""

    def __init__(
        self, cluster: Cluster, broker: RunningBroker, settings: Settings, client: Client,
        file: Path,
    ) -> None:  # fmt: skip
        self.cluster = cluster
        self.broker = broker
        self.settings = settings
        self._client = client
        self._file = file

    def command(self, action: str, *arguments: str) -> str:
        """What ``synergai k8s`` says to a person; anything but exit code 0 is a failure."""
        answer = run(self.cluster, action, self._file, *arguments, within_s=_COMMAND_S)
        assert answer.code == 0, f"{answer.output}\n{answer.error}"
        return answer.output

    def submit(self, deadline_s: float = DEADLINE_S) -> Ticket:
        """One request."""
        return self._client.submit(pools.MODEL, _PAYLOAD, "text/plain", deadline_s=deadline_s)

    def pods(self, pool: str) -> list[Object]:
        """The pods of a pool that are not leaving, of whatever revision."""
        return self.cluster.pods(NAMESPACE, {labels.POOL: pool})

    def revision(self, pool: str) -> str:
        """The latest of a pool that was ready."""
        return self.cluster.revision(pools.service(pool), NAMESPACE)

    def warm(self, pool: str, count: int | None) -> None:
        """Keep so many instances of a pool at least; None: none in particular."""
        about = named("serving.knative.dev/v1", "Revision", self.revision(pool), NAMESPACE)
        text = None if count is None else str(count)
        change = {"metadata": {"annotations": {_MIN_SCALE: text}}}
        self.cluster.rest.merge(about, change)

    def warmed(self) -> int:
        """The most instances that any pool is kept at."""
        found = []
        for pool in pools.MOST:
            about = named("serving.knative.dev/v1", "Revision", self.revision(pool), NAMESPACE)
            annotations = self.cluster.rest.get(about)["metadata"].get("annotations", {})
            found.append(int(annotations.get(_MIN_SCALE, 0)))
        return max(found)

    def at_zero(self) -> bool:
        """Whether no function runs."""
        return not self.cluster.pods(NAMESPACE, _FUNCTION, leaving=True)

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
def running(cluster: Cluster, folder: Path, **changes: Any) -> Iterator[Deployed]:
    """Kafka, topics, event source, and the deployment; the app is ready, no function runs.

    Applied and removed by our own commands. ``changes``: fields of the deployment file.
    """
    settings = Settings(topic_prefix=PREFIX, partitions=2)
    (port,) = free_ports(1)
    door = Door(port=port, advertised=port, host=cluster.machine)
    with ExitStack() as held:
        broker = start(msgspec.structs.replace(options(folder / "broker"), doors=(door,)))
        held.callback(broker.stop)
        found = pools.manifests(folder, f"{cluster.machine}:{port}", PREFIX, **changes)
        asyncio.run(_prepare(broker.bootstrap, settings, pools.topics(found)))
        sources = Sources(cluster, folder, broker.bootstrap, NAMESPACE)
        held.enter_context(closing(sources))
        sources.start()
        client = held.enter_context(Client(broker.bootstrap, prefix=PREFIX))
        deployed = Deployed(cluster, broker, settings, client, pools.file(folder))
        held.callback(deployed.command, "remove", "--timeout", "180s")
        deployed.command("apply", "--timeout", "180s")
        until(deployed.at_zero, "no function runs", _READY_S)
        yield deployed
        until(deployed.at_zero, "no function runs", _READY_S)


async def _prepare(bootstrap: str, settings: Settings, of_pools: Sequence[str]) -> None:
    topics = Topics(settings)
    rows = [topics.pool_row(each) for each in of_pools]
    await create_topics(bootstrap, [*topics.table(), *rows])
