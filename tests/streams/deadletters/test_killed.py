"""A redrive that is killed midway, on the real broker."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from streams.core import deadletter
from streams.ports import Outgoing, Record
from streams.schema import Outcome
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import create_topics
from tests.support.broker import Bootstrap
from tests.support.waiting import until
from tests.support.worker_process import read_all, request_headers

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]
LETTERS = 1500
PARTITIONS = 4


def letters(topics: Topics) -> Iterator[Outgoing]:
    """Dead letters as the app writes them."""
    for number in range(LETTERS):
        name = f"r{number}"
        original = Record(
            topic=topics.tenant("default", "requests"), partition=number % PARTITIONS,
            offset=number, append_s=1769860800.0, key=name.encode(),
            headers=tuple(request_headers(name, "m", 60.0)), value=b"input" * 100,
        )  # fmt: skip
        outcome = Outcome(
            identity=f"default/%2Ftest/{name}/0/{number % PARTITIONS}", request_id=name,
            tenant="default", source="/test", model="m", kind="rejected", reason="unknown-model",
        )  # fmt: skip
        yield deadletter.letter(topics.tenant("default", "dlq"), original, outcome, 10_000)


async def filled(bootstrap: str, prefix: str) -> Topics:
    """A deployment with dead letters and no app."""
    topics = Topics(Settings(topic_prefix=prefix))
    await create_topics(bootstrap, topics.table())
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=20) as producer:
        for one in letters(topics):
            await producer.send(one.topic, one.value, key=one.key, headers=list(one.headers))
        await producer.flush()
    return topics


def redrive(bootstrap: str, prefix: str, folder: Path) -> subprocess.Popen[bytes]:
    """The command, under way."""
    arguments = ["dlq", "redrive", "--all", "--bootstrap", bootstrap, "--prefix", prefix]
    return subprocess.Popen(
        [sys.executable, "-m", "synergai", *arguments, "--output", "json"],
        env={**os.environ, "SYNERGAI_DATA": str(folder)},
        stdout=subprocess.DEVNULL,
    )


async def test_nothing_is_lost_and_nothing_sent_twice_when_a_redrive_is_killed(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Kill -9 again and again, each time later; the run that ends sends what is left, no more."""
    topics = await filled(broker.bootstrap, topic_prefix)
    requests = topics.tenant("default", "requests")

    async def sent() -> Counter[bytes]:
        return Counter(record.key for record in await read_all(broker.bootstrap, requests))

    killed = 0
    for share in (0.0, 0.3, 0.6):
        process = redrive(broker.bootstrap, topic_prefix, tmp_path)

        async def far_enough(share: float = share, process: object = process) -> bool:
            assert isinstance(process, subprocess.Popen)
            return process.poll() is not None or (await sent()).total() > share * LETTERS

        await until(far_enough, 60.0)
        process.kill()
        killed += await asyncio.to_thread(process.wait) < 0
    assert killed, "at least the first is killed while letters are left"
    last = redrive(broker.bootstrap, topic_prefix, tmp_path)
    assert await asyncio.to_thread(last.wait) == 0
    assert await sent() == Counter({f"r{number}".encode(): 1 for number in range(LETTERS)})
    again = redrive(broker.bootstrap, topic_prefix, tmp_path)
    assert await asyncio.to_thread(again.wait) == 0
    assert (await sent()).total() == LETTERS
