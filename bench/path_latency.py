"""Time that the whole path adds to a model called directly, in hops of the same run.

``python -m bench.path_latency --requests 400 --per-s 20``: a stack of this machine alone runs one
model; requests go in with kafka-python's twin for asyncio, results come back. A hop is one record
produced and consumed through a topic of the same broker at the same rate.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.machine import described
from functions import runtimes
from functions.catalogue import open_catalogue
from functions.catalogue.samples import sample
from functions.settings import from_environment
from streams.topics import Topic
from streams.worker.admin import create_topics
from tests.support.worker_process import request_headers

HOP = Topic(name="bench.hop", partitions=1, retention_s=3600, max_bytes=4_000_000)
LIMIT = 8
WITHIN_S = 120


def direct(model: str, requests: int) -> list[float]:
    """Seconds of the model in this process, from bytes to answer."""
    settings = from_environment()
    found = open_catalogue(settings.cache, (), settings.wheels).find(model)
    session = runtimes.get(found.engine).load(found.file, 1)
    body, media_type = sample(model)
    spent = []
    for _ in range(requests):
        begun_s = time.perf_counter()
        tensors = found.processing.prepare(body, media_type)
        found.processing.finish(found.processing.compute(session, [tensors])[0])
        spent.append(time.perf_counter() - begun_s)
    return spent


async def through(
    bootstrap: str, topics: tuple[str, str], payload: bytes, headers: Any, count: int, gap_s: float
) -> list[float]:
    """Seconds from sending a record to what comes out for it, by key."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=4_000_000)
    consumer = AIOKafkaConsumer(topics[1], bootstrap_servers=bootstrap)
    await producer.start()
    await consumer.start()
    sent: dict[str, float] = {}
    spent: list[float] = []

    async def read() -> None:
        while len(spent) < count:
            record: Any = await consumer.getone()
            spent.append(time.perf_counter() - sent[record.key.decode()])

    reading = asyncio.create_task(read())
    begun_s = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, begun_s + number * gap_s - time.perf_counter()))
        name = f"r{number}-{begun_s}"
        sent[name] = time.perf_counter()
        await producer.send(topics[0], payload, key=name.encode(), headers=headers(name))
    await asyncio.wait_for(reading, WITHIN_S)
    await producer.stop()
    await consumer.stop()
    return spent


async def measure(bootstrap: str, model: str, requests: int, per_s: float) -> dict[str, Any]:
    """Hops and whole paths in turns, so that both see the same machine."""
    payload, media_type = sample(model)
    await create_topics(bootstrap, [HOP])

    def headers(name: str) -> list[tuple[str, bytes]]:
        return [*request_headers(name, model, 5.0), ("content-type", media_type.encode())]

    spent: dict[str, list[float]] = {"hop": [], "path": []}
    for _ in range(4):
        for kind, topics in (
            ("hop", (HOP.name, HOP.name)),
            ("path", ("synergai.default.requests", "synergai.default.results")),
        ):
            count = requests // 4
            spent[kind] += await through(bootstrap, topics, payload, headers, count, 1 / per_s)
    return {kind: described_ms(values) for kind, values in spent.items()}


def described_ms(seconds: list[float]) -> dict[str, float]:
    """Quantiles in milliseconds."""
    cuts = quantiles(seconds, n=100)
    return {"p50": round(median(seconds) * 1e3, 3), "p99": round(cuts[98] * 1e3, 3)}


@contextmanager
def stack(folder: Path, model: str) -> Iterator[str]:
    """``synergai up`` of this machine alone; its Kafka."""
    file = folder / "stack.yaml"
    file.write_text(f"models: [{model}]\n")
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "synergai", "up", "-f", str(file), "--data", str(folder / "d")],
            stdout=log, stderr=log, env=os.environ,
        )  # fmt: skip
    try:
        until_s = time.monotonic() + WITHIN_S
        while not (folder / "d" / "stack.json").exists():
            if process.poll() is not None or time.monotonic() > until_s:
                raise SystemExit((folder / "up.log").read_text())
            time.sleep(0.2)
        time.sleep(1.0)
        yield json.loads((folder / "d" / "stack.json").read_bytes())["bootstrap"]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--per-s", type=float, default=20.0)
    parser.add_argument("--model", default="magika")
    given = parser.parse_args()
    about = described()
    with tempfile.TemporaryDirectory() as scratch, stack(Path(scratch), given.model) as bootstrap:
        found = asyncio.run(measure(bootstrap, given.model, given.requests, given.per_s))
        found["direct"] = described_ms(direct(given.model, given.requests))
    added_ms = found["path"]["p50"] - found["direct"]["p50"]
    hops = round(added_ms / found["hop"]["p50"], 2)
    asked = {"model": given.model, "requests": given.requests, "per_s": given.per_s}
    found |= {"added_p50_ms": round(added_ms, 3), "added_in_hops": hops, "allowed_in_hops": LIMIT}
    print(json.dumps({**about, **asked, "milliseconds": found}, indent=2))


if __name__ == "__main__":
    main()
