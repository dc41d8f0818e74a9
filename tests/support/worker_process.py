"""Real workers as processes, their topics, and what came out, for tests of delivery."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from functions.rfc3339 import render
from profiles.schema import Configuration, Latency, Profile, Source
from profiles.store import save
from streams.schema import Outcome, Pool
from streams.settings import Settings
from streams.stack.free_ports import free_ports
from streams.topics import Topic, Topics
from streams.worker.admin import create_topics
from streams.worker.declare import declare
from tests.support.waiting import until


class Deployment:
    """The topics of one prefix and a pool ``edge`` that serves ``slow`` and ``quick``."""

    def __init__(self, bootstrap: str, prefix: str, folder: Path, **fields: Any) -> None:
        given = {"partitions": 2, "session_timeout_s": 3.0, "topic_prefix": prefix, **fields}
        self.bootstrap = bootstrap
        self.folder = folder
        self.settings = Settings(**given)
        self.topics = Topics(self.settings)
        self.pool = Pool(
            name="edge", architecture="jetson", configuration="onnxruntime-fp32-t1-b1",
            models=("slow", "quick"), topic=self.topics.pool("jetson", "edge"), slots=50,
        )  # fmt: skip

    async def prepare(self, *others: Topic) -> Self:
        """Create the topics and declare the pool."""
        rows = [*self.topics.table(), self.topics.pool_row(self.pool.topic), *others]
        await create_topics(self.bootstrap, rows)
        await declare(self.bootstrap, self.settings, [self.pool])
        return self

    def worker(self, **environment: str) -> "WorkerProcess":
        """A worker that is about to start."""
        settings = self.settings
        given = {
            "SYNERGAI_KAFKA_BOOTSTRAP": self.bootstrap,
            "SYNERGAI_TOPIC_PREFIX": settings.topic_prefix,
            "SYNERGAI_PARTITIONS": str(settings.partitions),
            "SYNERGAI_SESSION_TIMEOUT_S": str(settings.session_timeout_s),
            "SYNERGAI_TENANTS": ",".join(settings.tenants),
            "SYNERGAI_REPLY_TOPICS": ",".join(settings.reply_topics),
            "SYNERGAI_PROFILES": str(self.folder / "profiles.yaml"),
        }
        save([profile("slow", 10.0), profile("quick", 0.005)], self.folder / "profiles.yaml")
        return WorkerProcess(self.folder, given | environment)

    async def produce(
        self, ids: Iterable[str], model: str, *, partition: int = 0, budget_s: float = 60.0
    ) -> None:
        """Publish requests as any producer would."""
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all")
        try:
            await producer.start()
            for request_id in ids:
                headers = request_headers(request_id, model, budget_s)
                await producer.send(
                    self.topics.tenant("default", "requests"), b"input",
                    key=request_id.encode(), headers=headers, partition=partition,
                )  # fmt: skip
            await producer.flush()
        finally:
            await producer.stop()

    async def outcomes(self) -> list[Outcome]:
        """All committed outcomes."""
        records = await read_all(self.bootstrap, self.topics.tenant("default", "outcomes"))
        return [msgspec.json.decode(record.value, type=Outcome) for record in records]

    async def decided(self, ids: Iterable[str]) -> None:
        """Wait until the decision of each is in the log: it follows the placement."""
        wanted = {request_id.encode() for request_id in ids}

        async def all_there() -> bool:
            records = await read_all(self.bootstrap, self.topics.system("decisions"))
            return wanted <= {record.key for record in records}

        await until(all_there, 30.0)

    async def concluded(self, ids: Iterable[str]) -> None:
        """Wait until each has an outcome."""
        wanted = set(ids)

        async def all_there() -> bool:
            return wanted <= {each.request_id for each in await self.outcomes()}

        await until(all_there, 90.0)


class WorkerProcess:
    """``synergai app serve``; killed at the end if it still runs."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        (self._port,) = free_ports(1)
        self._environment = {"SYNERGAI_APP_PORT": str(self._port), **environment}
        self._log = folder / f"app-{self._port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "synergai", "app", "serve"],
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def signal(self, number: int) -> None:
        """Send a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def ended(self, within_s: float = 20.0) -> int:
        """Wait for the exit code."""
        assert self.process is not None
        return self.process.wait(within_s)

    def said(self) -> str:
        """Its log."""
        return self._log.read_text()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of one of its pages; 0: nobody listens yet."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=5) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    async def ready(self) -> None:
        """Wait until it places."""
        await until(self._is_ready, 60.0)

    async def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said()
        return (await asyncio.to_thread(self.get, "/health"))[0] == 200


def profile(model: str, seconds: float) -> Profile:
    """What the worker believes of a model on the pool."""
    latency = Latency(mean_s=seconds, p50_s=seconds, p90_s=seconds, p99_s=seconds)
    return Profile(
        model=model, architecture="jetson", configuration=Configuration(engine="onnxruntime"),
        latency_by_batch={1: latency}, source=Source(kind="derived", detail="made up for a test"),
    )  # fmt: skip


def request_headers(request_id: str, model: str, budget_s: float) -> list[tuple[str, bytes]]:
    """A CloudEvent in binary mode."""
    now_s = time.time()
    named = {
        "specversion": "1.0", "id": request_id, "source": "/test", "type": "test",
        "subject": model, "time": render(now_s), "deadline": render(now_s + budget_s),
    }  # fmt: skip
    return [(f"ce_{name}", value.encode()) for name, value in named.items()]


async def read_all(bootstrap: str, topic: str) -> list[Any]:
    """Every committed record of a topic as it stands now."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest",
        isolation_level="read_committed", enable_auto_commit=False,
    )  # fmt: skip
    await consumer.start()
    try:
        found: list[Any] = []
        ends = await consumer.end_offsets(consumer.assignment())
        while behind := [p for p, end in ends.items() if await consumer.position(p) < end]:
            for records in (await consumer.getmany(*behind, timeout_ms=100)).values():
                found += records
        return found
    finally:
        await consumer.stop()
