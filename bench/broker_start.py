"""Seconds from nothing to the first acknowledged produce of the embedded broker, caches warm.

``python -m bench.broker_start --runs 5``: each run has a fresh data folder and one topic is created
first. Memory is that of the broker's process afterwards.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from aiokafka import AIOKafkaProducer

from bench.machine import described, resident_bytes
from streams.broker.running import start
from streams.topics import Topic
from streams.worker.admin import create_topics
from tests.support.broker import options

TOPIC = Topic(name="bench", partitions=1, retention_s=3600, max_bytes=1_000_000)
ALLOWED_S = 4.0


def once() -> dict[str, float]:
    """One start."""
    with tempfile.TemporaryDirectory() as scratch:
        begun_s = time.perf_counter()
        with start(options(Path(scratch))) as broker:
            answered_s = time.perf_counter() - begun_s
            asyncio.run(produce(broker.bootstrap))
            return {
                "answers_s": answered_s,
                "produced_s": time.perf_counter() - begun_s,
                "memory_mib": resident_bytes(broker.pid) / 2**20,
            }


async def produce(bootstrap: str) -> None:
    """One record, acknowledged."""
    await create_topics(bootstrap, [TOPIC])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    await producer.send_and_wait(TOPIC.name, b"first")
    await producer.stop()


def measure(runs: int) -> dict[str, Any]:
    """Medians, after one run that fills the caches."""
    once()
    found = [once() for _ in range(runs)]
    medians = {name: round(median(each[name] for each in found), 2) for name in found[0]}
    return {"runs": runs, "median": medians, "allowed_s": ALLOWED_S}


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    about = described()
    print(json.dumps({**about, **measure(parser.parse_args().runs)}, indent=2))


if __name__ == "__main__":
    main()
