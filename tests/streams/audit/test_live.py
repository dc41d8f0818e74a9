"""The audit of what a real worker wrote, killed and started again in the middle of its work."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.audit import examine
from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]


def explained(broker: Bootstrap, prefix: str, name: str) -> dict[str, object]:
    """What ``synergai explain`` says."""
    command = ["-m", "synergai", "explain", name, "--output", "json", "--prefix", prefix]
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "SYNERGAI_KAFKA_BOOTSTRAP": broker.bootstrap},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


async def test_nothing_is_found_after_a_kill(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Answered, repeated, refused and interrupted requests: all have one outcome, none is open."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    names = [f"r{number}" for number in range(40)]
    async with function.running():
        with deployment.worker() as first:
            await first.ready()
            await deployment.produce(["held"], "slow")
            await deployment.produce(["elsewhere"], "unheard-of")
            await deployment.produce(names, "quick")
            await deployment.produce(names[:5], "quick", partition=1)
            await until(lambda: "held" in function.held)
            first.signal(signal.SIGKILL)
            first.ended()
        meanwhile = await examine(broker.bootstrap, deployment.settings)
        assert meanwhile.clean, meanwhile.findings
        assert meanwhile.open >= 1
        with deployment.worker() as second:
            await second.ready()
            await deployment.produce(names[:3], "quick")
            await function.answer("held")
            await deployment.concluded(["held", "elsewhere", *names])
            report = await examine(broker.bootstrap, deployment.settings, wait_s=60.0)
    assert report.findings == []
    assert report.open == 0
    assert report.counts["requests"] == len(names) + 5 + 2
    assert report.counts["in_two_partitions"] == 5
    assert report.counts["repeats"] == 3
    assert report.counts["outcomes"] == report.counts["requests"]
    said = await asyncio.to_thread(explained, broker, topic_prefix, "held")
    assert "went to pool edge" in str(said["sentences"])
