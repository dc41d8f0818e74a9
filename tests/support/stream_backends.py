"""The same path twice: in memory, and on the embedded broker with a real worker process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from streams.ports import Ledger, Outgoing, Publisher
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.clock import WorkerClock
from streams.worker.declare import record as declaration
from streams.worker.ledger import KafkaLedger
from streams.worker.publisher import KafkaPublisher
from tests.support.memory_broker import MemoryBroker
from tests.support.memory_ports import MemoryLedger, MemoryPublisher
from tests.support.memory_worker import MemoryWorker
from tests.support.stream_path import StreamPath
from tests.support.wire import KafkaWire, Wire
from tests.support.worker_process import Deployment, profile

TENANTS = ("default", "other")
REPLIES = "answers"
"""A topic that ``replytopic`` may name, besides the table."""


class Backend(Protocol):
    """Where the tests of a class run."""

    settings: Settings
    moment_s: float
    """A time that this path needs surely less than twice for one step."""

    @property
    def wire(self) -> Wire:
        """Send and read."""

    def ledger(self) -> Ledger:
        """The ledger as one more worker holds it."""

    async def publisher(self) -> Publisher:
        """A connected publisher; closed with the backend."""

    async def path(self) -> StreamPath:
        """A path on which one worker runs, the same at every call."""


@asynccontextmanager
async def memory(prefix: str) -> AsyncIterator[Backend]:
    """Everything in this process."""
    backend = _Memory(prefix)
    try:
        yield backend
    finally:
        await backend.close()


@asynccontextmanager
async def kafka(prefix: str, bootstrap: str, folder: Path) -> AsyncIterator[Backend]:
    """The embedded broker."""
    deployment = Deployment(
        bootstrap, prefix, folder, tenants=TENANTS, reply_topics=(f"{prefix}.{REPLIES}",)
    )
    topics = deployment.topics
    await deployment.prepare(topics.pool_row(f"{prefix}.{REPLIES}"))
    names = [row.name for row in topics.table()] + [deployment.pool.topic, f"{prefix}.{REPLIES}"]
    async with KafkaWire(bootstrap, f"{prefix}.app").open(names) as wire:
        backend = _Kafka(deployment, wire)
        try:
            yield backend
        finally:
            await backend.close()


class _Memory:
    moment_s = 0.05

    def __init__(self, prefix: str) -> None:
        replies = f"{prefix}.{REPLIES}"
        self.settings = Settings(
            topic_prefix=prefix, tenants=TENANTS, partitions=2, session_timeout_s=0.1,
            reply_topics=(replies,),
        )  # fmt: skip
        topics = Topics(self.settings)
        self._pool = pool_of(topics)
        rows = [*topics.table(), topics.pool_row(self._pool.topic), topics.pool_row(replies)]
        self.wire = MemoryBroker({row.name: row.partitions for row in rows})
        self._worker: MemoryWorker | None = None
        self._path: StreamPath | None = None

    def ledger(self) -> Ledger:
        return MemoryLedger(self.wire, self.settings)

    async def publisher(self) -> Publisher:
        return MemoryPublisher(self.wire)

    async def path(self) -> StreamPath:
        if self._path is None:
            key, headers, value = declaration(self._pool)
            topic = Topics(self.settings).system("pools")
            assert value is not None
            await self.wire.send(Outgoing(topic=topic, key=key, headers=headers, value=value))
            profiles = [profile("slow", 10.0), profile("quick", 0.005)]
            self._worker = MemoryWorker(self.wire, self.settings, profiles)
            await self._worker.start(range(self.settings.partitions))
            self._path = StreamPath(self.wire, self.settings, self._pool, self.moment_s)
        return self._path

    async def close(self) -> None:
        if self._worker is not None:
            await self._worker.stop()


class _Kafka:
    moment_s = 0.5

    def __init__(self, deployment: Deployment, wire: KafkaWire) -> None:
        self.settings = deployment.settings
        self.wire = wire
        self._deployment = deployment
        self._publishers: list[KafkaPublisher] = []
        self._worker = deployment.worker()
        self._path: StreamPath | None = None

    def ledger(self) -> Ledger:
        return KafkaLedger(self._deployment.bootstrap, self.settings, WorkerClock())

    async def publisher(self) -> Publisher:
        publisher = KafkaPublisher(self._deployment.bootstrap, 1_000_000, WorkerClock())
        await publisher.start()
        self._publishers.append(publisher)
        return publisher

    async def path(self) -> StreamPath:
        if self._path is None:
            self._worker.__enter__()
            await self._worker.ready()
            self._path = StreamPath(
                self.wire, self.settings, self._deployment.pool, self.moment_s
            )  # fmt: skip
        return self._path

    async def close(self) -> None:
        self._worker.__exit__(None, None, None)
        for publisher in self._publishers:
            await publisher.stop()


def pool_of(topics: Topics) -> Pool:
    """The pool that all these paths have."""
    return Pool(
        name="edge", architecture="jetson", configuration="onnxruntime-fp32-t1-b1",
        models=("slow", "quick"), topic=topics.pool("jetson", "edge"), slots=50,
    )  # fmt: skip
