"""Memory of a whole worker on the embedded broker: bytes per request, once steady.

Requests of a kilobyte in blocks, answered by a function that computes nothing; repeats are
remembered for 20 seconds, so that the state is steady soon. The worker's own memory is read after
each block. ``python -m bench.worker_memory --within-s 280 --out bench/results``.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import linear_regression
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from bench.app_rate import come_out, fill, prepared, served
from bench.machine import described, resident_bytes
from streams.broker.running import start
from streams.topics import Topics
from tests.support.broker import options

PREFIX: Final = "bench"
BLOCK: Final = 2000
STEADY: Final = 0.2
"""This share of the requests comes before memory is looked at."""
LIVES: Final = {"SYNERGAI_LONGEST_LIFE_S": "10", "SYNERGAI_DEDUPE_HORIZON_S": "20"}


async def measure(bootstrap: str, folder: Path, requests: int, within_s: float) -> dict[str, Any]:
    """Requests done, memory on the way, and its slope once steady."""
    topics, pool = await prepared(bootstrap, PREFIX)
    with served(bootstrap, folder, PREFIX, pool, **LIVES) as process:
        return await _sampled(bootstrap, topics, process.pid, requests, within_s)


async def _sampled(
    bootstrap: str, topics: Topics, pid: int, requests: int, within_s: float
) -> dict[str, Any]:
    consumer = AIOKafkaConsumer(
        topics.tenant("default", "outcomes"), bootstrap_servers=bootstrap,
        auto_offset_reset="earliest", isolation_level="read_committed",
    )  # fmt: skip
    await consumer.start()
    began_s, samples = time.monotonic(), list[tuple[int, int]]()
    for first in range(0, requests, BLOCK):
        await fill(bootstrap, topics.tenant("default", "requests"), range(first, first + BLOCK))
        await come_out(consumer, BLOCK)
        samples.append((first + BLOCK, resident_bytes(pid)))
        if time.monotonic() - began_s > within_s:
            break
    await consumer.stop()
    return _report(samples, time.monotonic() - began_s)


def _report(samples: list[tuple[int, int]], took_s: float) -> dict[str, Any]:
    done = samples[-1][0]
    late = [(at, size) for at, size in samples if at > STEADY * done]
    slope = linear_regression([at for at, _ in late], [size for _, size in late]).slope
    return {
        "requests": done,
        "seconds": round(took_s, 1),
        "bytes_per_request": round(slope, 2),
        "first_mib": round(late[0][1] / 2**20, 1),
        "last_mib": round(late[-1][1] / 2**20, 1),
        "mib": [round(size / 2**20, 1) for _, size in samples[:: max(1, len(samples) // 10)]],
    }


def main() -> None:
    """Print one JSON object, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--within-s", type=float, default=280.0)
    parser.add_argument("--out", type=Path, help="folder for worker_memory.json")
    given = parser.parse_args()
    about = {"machine": described()}
    with tempfile.TemporaryDirectory() as scratch, start(options(Path(scratch) / "b")) as broker:
        work = measure(broker.bootstrap, Path(scratch), given.requests, given.within_s)
        text = json.dumps({**about, "worker": asyncio.run(work)}, indent=2)
    print(text)
    if given.out:
        (given.out / "worker_memory.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
