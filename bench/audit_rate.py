"""Records/s of ``synergai audit``, over a broker and of its pure part alone.

``python -m bench.audit_rate --requests 200000``. Every request has five records: itself, a
decision, a result, feedback and an outcome. The audit runs as a person runs it, in a process of its
own; its memory is the most it had. Rates by CPU time are what a machine with nothing else to do
would show.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from bench.machine import described
from streams.broker.running import start
from tests.support.broker import options
from tests.support.histories import History, audited, straight
from tests.support.published import create, send

PARTITIONS = 4
CHUNK = 1000
PURE = 20_000
RECORDS = 5


def chunks(history: History, requests: int) -> Iterator[History]:
    """The same history with the next records in its log, again and again."""
    for begin in range(0, requests, CHUNK):
        history.log.clear()
        for number in range(begin, min(requests, begin + CHUNK)):
            straight(history, number % PARTITIONS)
        yield history


async def fill(bootstrap: str, history: History, requests: int) -> None:
    """Write the records of ``requests`` requests that are met."""
    await create(bootstrap, history)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, max_batch_size=2**18)
    await producer.start()
    for one in chunks(history, requests):
        sent = [await send(producer, record) for record in one.log]
        await asyncio.gather(*sent)
    await producer.stop()


def audit(bootstrap: str, prefix: str) -> dict[str, Any]:
    """What the command says, and what it used."""
    command = ["-m", "synergai", "audit", "--output", "json", "--prefix", prefix]
    begun_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command, "--bootstrap", bootstrap], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = json.loads(process.stdout.read())
    process.stdout.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.monotonic() - begun_s
    cpu_s = used.ru_utime + used.ru_stime
    return {
        "clean": said["clean"],
        "records": said["records"],
        "wall_s": round(wall_s, 2),
        "records_per_s": round(said["records"] / wall_s),
        "cpu_s": round(cpu_s, 2),
        "records_per_cpu_s": round(said["records"] / cpu_s),
        "peak_mib": round(used.ru_maxrss / 1024),
    }


def pure() -> dict[str, Any]:
    """The rules alone, on records in memory."""
    history = History(partitions=PARTITIONS)
    for number in range(PURE):
        straight(history, number % PARTITIONS)
    began_s = time.thread_time()
    report = audited(history)
    spent_s = time.thread_time() - began_s
    assert report.clean
    return {
        "records": len(history.log),
        "records_per_cpu_s": round(len(history.log) / spent_s),
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000)
    requests: int = parser.parse_args().requests
    about = described()
    with tempfile.TemporaryDirectory() as scratch, start(options(Path(scratch) / "b")) as broker:
        life_s = requests * RECORDS * 0.001
        history = History("bench", PARTITIONS, start_s=time.time() - life_s - 60.0)
        asyncio.run(fill(broker.bootstrap, history, requests))
        found = audit(broker.bootstrap, "bench")
    print(json.dumps({**about, "requests": requests, "audit": found, "pure": pure()}, indent=2))


if __name__ == "__main__":
    main()
