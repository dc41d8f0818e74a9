"""Requests/s of the app, and of a Faust pass-through in the same run; CPU per request of both.

``python -m bench.app_rate --requests 10000 --policies synergai,edf``. Each is warm when all are
published at once; its rate comes from the append times of the broker, first request to last that
came out. The app has feedback, decisions and outcomes on, and is measured with each of the
policies; what answers computes nothing.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.machine import cpu_s, described
from profiles.schema import Configuration, Latency, Profile, Source
from profiles.store import save
from scheduler.registry import split
from streams.broker.running import start
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topic, Topics
from streams.worker.admin import create_topics
from streams.worker.declare import declare
from tests.support.broker import options
from tests.support.worker_process import read_all, request_headers

PARTITIONS = 4
WARM = 500
WITHIN_S = 90
WORKER = ("-m", "synergai", "app", "serve")
"""The arguments of the app's process."""


async def measure(
    bootstrap: str, folder: Path, requests: int, policies: Sequence[str]
) -> dict[str, Any]:
    """All rates, one after the other; the ratios are over that of the pass-through."""
    passed = await pass_through(bootstrap, folder, requests)
    placed = {}
    for number, policy in enumerate(policies):
        found = await app(bootstrap, folder, requests, f"bench{number}", policy)
        placed[policy] = {**found, "ratio": round(found["per_s"] / passed["per_s"], 3)}
    return {"requests": requests, "pass_through": passed, "app": placed}


async def pass_through(bootstrap: str, folder: Path, requests: int) -> dict[str, float]:
    """Consume and produce, nothing else."""
    rows = [
        Topic(name=name, partitions=PARTITIONS, retention_s=3600, max_bytes=1_000_000)
        for name in ("in", "out")
    ]
    await create_topics(bootstrap, rows)
    arguments = ["-m", "bench.pass_through", bootstrap, "in", "out", str(folder / "faust")]
    with child(arguments, folder / "pass_through.log") as process:
        return await rate(bootstrap, "in", "out", requests, process.pid)


async def app(
    bootstrap: str,
    folder: Path,
    requests: int,
    prefix: str,
    policy: str,
    worker: Sequence[str] = WORKER,
) -> dict[str, float]:
    """Requests placed, answered and concluded."""
    topics, pool = await prepared(bootstrap, prefix)
    with served(bootstrap, folder, prefix, pool, worker, SYNERGAI_POLICY=policy) as process:
        names = (topics.tenant("default", "requests"), topics.tenant("default", "outcomes"))
        found = await rate(bootstrap, *names, requests, process.pid)
    ends = await read_all(bootstrap, topics.system("decisions"))
    return found | {"placements_per_request": round(len(ends) / (requests + WARM), 3)}


async def prepared(bootstrap: str, prefix: str) -> tuple[Topics, Pool]:
    """Topics of a deployment of this prefix, and its one pool, declared."""
    settings = Settings(topic_prefix=prefix, partitions=PARTITIONS)
    topics = Topics(settings)
    pool = Pool(
        name="edge", architecture="jetson", configuration="onnxruntime-fp32-t1-b1", models=("m",),
        topic=topics.pool("jetson", "edge"), slots=64,
    )  # fmt: skip
    await create_topics(bootstrap, [*topics.table(), topics.pool_row(pool.topic)])
    await declare(bootstrap, settings, [pool])
    return topics, pool


@contextmanager
def served(
    bootstrap: str,
    folder: Path,
    prefix: str,
    pool: Pool,
    worker: Sequence[str] = WORKER,
    **settings: str,
) -> Iterator[subprocess.Popen[bytes]]:
    """The app, with a function that computes nothing; logs are in ``folder``."""
    environment = {
        "SYNERGAI_KAFKA_BOOTSTRAP": bootstrap,
        "SYNERGAI_TOPIC_PREFIX": prefix,
        "SYNERGAI_PARTITIONS": str(PARTITIONS),
        "SYNERGAI_PROFILES": str(profiles(folder)),
        **settings,
    }
    function = ["-m", "bench.instant_function", bootstrap, prefix, pool.topic]
    with (
        child(function, folder / f"{prefix}-function.log", environment),
        child(worker, folder / f"{prefix}-app.log", environment) as process,
    ):
        yield process


def profiles(folder: Path) -> Path:
    """The model takes a millisecond."""
    latency = Latency(mean_s=0.001, p50_s=0.001, p90_s=0.001, p99_s=0.001)
    file = folder / "profiles.yaml"
    one = Profile(
        model="m", architecture="jetson", configuration=Configuration(engine="onnxruntime"),
        latency_by_batch={1: latency}, source=Source(kind="derived", detail="for a benchmark"),
    )  # fmt: skip
    save([one], file)
    return file


async def fill(bootstrap: str, topic: str, numbers: range) -> float:
    """Requests with a deadline that nothing misses; when the first was appended."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=20)
    await producer.start()
    sent = []
    for number in numbers:
        name = f"r{number}"
        headers = request_headers(name, "m", 500.0)
        sent.append(
            await producer.send(
                topic, b"x" * 200, key=name.encode(), headers=headers,
                partition=number % PARTITIONS,
            )
        )  # fmt: skip
    await producer.stop()
    return min([(await one).timestamp for one in sent]) / 1000


async def rate(bootstrap: str, taken: str, given: str, requests: int, pid: int) -> dict[str, float]:
    """Records/s and microseconds of CPU each, once some have come through."""
    consumer = AIOKafkaConsumer(
        given, bootstrap_servers=bootstrap, auto_offset_reset="earliest",
        isolation_level="read_committed",
    )  # fmt: skip
    await consumer.start()
    await fill(bootstrap, taken, range(WARM))
    await come_out(consumer, WARM)
    used_s = cpu_s(pid)
    begun_s = await fill(bootstrap, taken, range(WARM, WARM + requests))
    ended_s = max(await come_out(consumer, requests))
    spent_s = cpu_s(pid) - used_s
    await consumer.stop()
    return {
        "per_s": round(requests / (ended_s - begun_s), 1),
        "cpu_us": round(spent_s / requests * 1e6, 1),
    }


async def come_out(consumer: Any, count: int) -> list[float]:
    """Append times of the next records, once there are so many."""
    times: list[float] = []
    async with asyncio.timeout(WITHIN_S):
        while len(times) < count:
            for records in (await consumer.getmany(timeout_ms=50)).values():
                times += [record.timestamp / 1000 for record in records]
    return times


@contextmanager
def child(
    arguments: Sequence[str], log: Path, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process, ended with the ``with``."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *arguments], env={**os.environ, **(environment or {})},
            stdout=file, stderr=file,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--policies", default="synergai,edf")
    given = parser.parse_args()
    about = described()
    with tempfile.TemporaryDirectory() as scratch, start(options(Path(scratch) / "b")) as broker:
        found = asyncio.run(
            measure(broker.bootstrap, Path(scratch), given.requests, split(given.policies))
        )
    print(json.dumps({**about, **found}, indent=2))


if __name__ == "__main__":
    main()
