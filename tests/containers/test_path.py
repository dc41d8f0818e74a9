"""The whole path over containers: broker and function in theirs, app and source beside them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from testcontainers.core.network import Network

from profiles.store import save
from streams.schema import Pool
from streams.settings import Settings
from streams.source import pools
from streams.source.schema import SourcePool
from streams.topics import Topics
from streams.worker.admin import create_topics
from streams.worker.declare import declare
from tests.support.containers import running
from tests.support.worker_process import WorkerProcess, profile

pytestmark = [pytest.mark.containers, pytest.mark.models, pytest.mark.slow]
README = Path(__file__).resolve().parents[2] / "README.md"


async def declared(bootstrap: str, settings: Settings) -> Pool:
    """The topics are there, and one pool that serves magika."""
    topics = Topics(settings)
    pool = Pool(
        name="edge", architecture="jetson", configuration="onnxruntime-fp32-t1-b1",
        models=("magika",), topic=topics.pool("jetson", "edge"),
    )  # fmt: skip
    await create_topics(bootstrap, [*topics.table(), topics.pool_row(pool.topic)])
    await declare(bootstrap, settings, [pool])
    return pool


def submitted(bootstrap: str, prefix: str) -> list[dict[str, Any]]:
    """What ``synergai submit`` prints for three requests."""
    done = subprocess.run(
        [
            sys.executable, "-m", "synergai", "submit", "--model", "magika", "--count", "3",
            "--file", str(README), "--deadline", "30s", "--bootstrap", bootstrap,
            "--prefix", prefix, "--output", "json",
        ],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    answers: list[dict[str, Any]] = msgspec.json.decode(done.stdout)
    return answers


@contextmanager
def source(bootstrap: str, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The event source; killed at the end if it still runs."""
    command = ["source", "serve", "--pools", str(file), "--bootstrap", bootstrap]
    process = subprocess.Popen(
        [sys.executable, "-m", "synergai", *command],
        env={**os.environ, "SYNERGAI_DATA": str(file.parent)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.timeout(180)
async def test_submit_is_answered_by_a_container(
    kafka: str, function: str, network: Network, topic_prefix: str, tmp_path: Path
) -> None:
    """App and source on this machine bring requests to the function, and its answers back."""
    settings = Settings(topic_prefix=topic_prefix)
    pool = await declared(kafka, settings)
    save([profile("magika", 0.01)], tmp_path / "profiles.yaml")
    shared = {"SYNERGAI_TOPIC_PREFIX": topic_prefix}
    told = {
        "SYNERGAI_KAFKA_BOOTSTRAP": kafka,
        "SYNERGAI_PROFILES": str(tmp_path / "profiles.yaml"),
    }
    placed = {
        "SYNERGAI_POOL": pool.name, "SYNERGAI_ARCHITECTURE": pool.architecture,
        "SYNERGAI_INSTANCE": "edge-1",
    }  # fmt: skip
    with running.function(function, network, shared | placed) as contained:
        url = f"http://{contained.address}"
        file = tmp_path / "pools.json"
        pools.write(file, [SourcePool(name=pool.name, topic=pool.topic, urls=(url,))])
        with source(kafka, file) as posting, WorkerProcess(tmp_path, shared | told) as app:
            await app.ready()
            answers = await asyncio.to_thread(submitted, kafka, topic_prefix)
            assert [answer["kind"] for answer in answers] == ["met"] * 3
            assert {(answer["pool"], answer["attempt"]) for answer in answers} == {("edge", 1)}
            assert {answer["answer"]["type"] for answer in answers} == {"markdown"}
            app.signal(signal.SIGTERM)
            posting.terminate()
            assert app.ended() == 0, app.said()
            assert await asyncio.to_thread(posting.wait, 30) == 0
        contained.terminate()
        assert await asyncio.to_thread(contained.ended) == 0, contained.said()
