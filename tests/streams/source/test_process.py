"""The event source as a process: started by its command, told of new instances, ended."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.source import pools
from streams.source.schema import SourcePool
from tests.streams.source.test_serve import Function, function, produce, topic, until
from tests.support.broker import Bootstrap

__all__ = ["function", "topic"]
pytestmark = [pytest.mark.kafka, pytest.mark.timeout(60)]


@pytest.fixture
def process(
    broker: Bootstrap, topic: str, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A running source whose one pool has no instance yet, and its file."""
    file = tmp_path / "pools.json"
    pools.write(file, [SourcePool(name="edge", topic=topic)])
    arguments = ["source", "serve", "--pools", str(file), "--bootstrap", broker.bootstrap]
    running = subprocess.Popen(
        [sys.executable, "-m", "synergai", *arguments],
        env={**os.environ, "SYNERGAI_DATA": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    yield running, file
    if running.poll() is None:
        running.kill()
    running.communicate()


async def test_reads_the_file_again(
    broker: Bootstrap,
    topic: str,
    function: tuple[Function, str],
    process: tuple[subprocess.Popen[str], Path],
) -> None:
    """A change of the file is noticed, a broken one is said and ignored, SIGTERM ends it well."""
    under_test, url = function
    running, file = process
    pools.write(file, [SourcePool(name="edge", topic=topic, urls=(url,))])
    await produce(broker, topic, ["0"])
    await until(lambda: under_test.got == ["0"])
    file.write_text("{")
    running.send_signal(signal.SIGHUP)
    assert running.stderr is not None
    assert "the pools stay as they were" in await asyncio.to_thread(running.stderr.readline)
    await produce(broker, topic, ["1"])
    await until(lambda: under_test.got == ["0", "1"])
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "delivered=2, retried=0, gone=0" in said
    assert "Traceback" not in said
