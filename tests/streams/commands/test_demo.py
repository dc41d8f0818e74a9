"""``synergai demo`` as a shell runs it, in short form."""

import json
import os
import signal
import subprocess
import sys
from csv import DictReader
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scheduler.simulator.playing import play
from scheduler.simulator.results import violated
from scheduler.simulator.types import seconds_at
from streams.commands.scenarios import load
from tests.streams.commands.test_command_line import synergai
from tests.support.stack_process import left, running

STALLED_S = 0.05
"""A 0.99 quantile of the hop above it: the machine had other things to do."""


def test_wrong_use(tmp_path: Path) -> None:
    """The trace has a minute; a policy must exist."""
    long = synergai(tmp_path, "demo", "--seconds", "61")
    policy = synergai(
        tmp_path, "demo", "--policy", "magic", "--report", str(tmp_path / "d" / "report.json")
    )
    assert (long.returncode, policy.returncode) == (2, 2)
    assert "61.0 is not in the range 1<=x<=60" in long.stderr.decode()
    assert "policy: found 'magic', allowed: " in policy.stderr.decode()


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_short_form(tmp_path: Path) -> None:
    """Every request has one outcome, the report says what was emulated, nothing is left behind."""
    environ = {k: v for k, v in os.environ.items() if k != "SYNERGAI_KAFKA_BOOTSTRAP"}
    ended = subprocess.run(
        [sys.executable, "-m", "synergai", "demo", "--seconds", "5", "--output", "json",
         "--report", str(tmp_path / "demo" / "report.json")],
        env=environ, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    made = json.loads(ended.stdout)
    assert made == json.loads((tmp_path / "demo" / "report.json").read_text())
    assert (made["lost"], made["repeated"]) == (0, 0)
    assert sum(made["outcomes"].values()) == made["requests"] == made["sending"]["sent"] > 40
    assert made["outcomes"]["failed"] == made["outcomes"]["rejected"] == 0
    assert set(made["by_architecture"]) <= {"gpu", "xeon", "jetson"}
    assert sum(made["emulated"].values()) == made["requests"]
    assert made["emulation"]["times_slower"]["gpu"]["magika"] == 1.0
    assert made["incidents"] == []
    assert made["memory_bytes"]["most"] < 1.5 * 2**30
    assert not (tmp_path / "demo" / "data").exists()
    assert (tmp_path / "demo" / "logs" / "app.log").exists()
    _replays(tmp_path / "demo", made)
    assert "of 5 s: " in ended.stderr


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_crash_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    """An instance is killed while asked: it is said, reported, and every request ends once."""
    report = tmp_path / "demo" / "report.json"
    with running(tmp_path, "demo", "--seconds", "10", "--report", str(report)) as demo:
        demo.until(" met")
        (gpu,) = (pid for pid in demo.children() if _instance(pid) == "gpu-1")
        os.kill(gpu, signal.SIGKILL)
        assert demo.ended() == 0, demo.said
    made = json.loads(report.read_text())
    assert (made["lost"], made["repeated"]) == (0, 0)
    assert made["incidents"][0] == "gpu-1 ended with signal SIGKILL, starting it again"
    assert sum(made["outcomes"].values()) == made["requests"]


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_stopped_it_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C in the middle: exit code 1, no report, no process, no data."""
    report = tmp_path / "demo" / "report.json"
    with running(tmp_path, "demo", "--report", str(report)) as demo:
        demo.until(" met")
        children = demo.children()
        assert demo.stop() == 1
        assert left(children) == []
        assert "stopped before the end: no report" in demo.said
        assert "Traceback" not in demo.said
    assert not report.exists()
    assert not (tmp_path / "demo" / "data").exists()


def _replays(folder: Path, made: dict[str, Any]) -> None:
    """The simulator takes what was recorded: all requests, with the times that were reported.

    How many are late is compared only where the machine never stood still: the simulator knows the
    reported times and the mean hop, no stalls. `tests.streams.demo.test_live_equals_simulated`
    compares on a virtual clock, always. Two requests more or less are no difference here.
    """
    scenario, workload = load(folder / made["recorded"])
    asked = workload(0)
    answers = list(DictReader((folder / "answers.csv").read_text().splitlines()))
    assert [row["model"] for row in answers] == [asked.models[model] for model in asked.model]
    pools = {pool.name: pool for pool in scenario.pools}
    computed = [
        seconds_at(scenario.seconds(row["model"], pools[row["pool"]]), 1) * work
        for row, work in zip(answers, asked.work.tolist(), strict=True)
    ]
    assert computed == pytest.approx([float(row["service_s"]) for row in answers], rel=1e-3)
    run = play(scenario, asked, made["policy"])
    assert np.isfinite(run.end_s).all()
    if made["latency_s"]["hop"]["p99"] < STALLED_S:
        simulated = float(violated(asked, run).mean())
        assert simulated == pytest.approx(made["violation_ratio"], abs=0.03 + 2 / len(answers))


def _instance(pid: int) -> str:
    words = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    names = [
        word.partition(b"=")[2].decode() for word in words if word.startswith(b"SYNERGAI_INSTANCE=")
    ]
    return names[0] if names else ""
