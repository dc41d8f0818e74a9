"""Record, replay and look, against the real broker."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.client import Client
from streams.replay.files import Recording
from streams.replay.run import load
from tests.streams.commands.test_command_line import synergai
from tests.support.broker import Bootstrap
from tests.support.recordings import HEADER, entry, written
from tests.support.scripted_app import ScriptedApp

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(100)]


@pytest.fixture
def stack(broker: Bootstrap, topic_prefix: str) -> Iterator[list[str]]:
    """The options that name broker and prefix of a scripted app."""
    with ScriptedApp(broker.bootstrap, topic_prefix):
        yield ["--bootstrap", broker.bootstrap, "--prefix", topic_prefix]


def said(folder: Path, code: int, *arguments: str) -> Any:
    """What a command prints as JSON."""
    ended = synergai(folder, *arguments, "--output", "json")
    assert ended.returncode == code, ended.stdout.decode() + ended.stderr.decode()
    return json.loads(ended.stdout)


def test_what_was_recorded_is_sent_again(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path, stack: list[str]
) -> None:
    """All of it, with its repeats, in its partitions; nothing is a repeat of the first time."""
    with Client(broker.bootstrap, prefix=topic_prefix, source="/me") as client:
        tickets = [client.submit("echo", b"%d" % n, deadline_s=2.0) for n in range(20)]
        client.wait([*tickets, client.submit("none", b"x", deadline_s=1.0)], 30)
    first, second, run = (str(tmp_path / name) for name in ("a.jsonl", "b.jsonl.gz", "run.json"))
    said(tmp_path, 0, "record", first, *stack, "--outcomes")
    found = said(tmp_path, 0, "replay", first, *stack, "--speed", "4", "--save", run)
    assert (found["requests"], found["met"], found["rejected"]) == (21, 20, 1)
    assert (found["source"], found["sending"]["speed"]) == ("live", 4.0)
    (told,) = said(tmp_path, 0, "record", second, *stack, "--outcomes")
    assert (told["requests"], told["outcomes"]) == (42, 42)
    then, again = list(Recording(Path(first))), list(Recording(Path(second)))[21:]
    key = lambda each: (each.partition, each.id)  # noqa: E731
    pairs = list(zip(sorted(then, key=key), sorted(again, key=key), strict=True))
    assert all((a.id, a.value, a.partition) == (b.id, b.value, b.partition) for a, b in pairs)
    assert all(b.source.startswith(f"{a.source}/replay/") for a, b in pairs)
    assert all(a.budget_s == pytest.approx(b.budget_s) for a, b in pairs)
    names = {row.name: row.ended.kind for row in load(Path(first)).rows if row.ended}
    assert names == {row.name: row.ended.kind for row in load(Path(run)).rows if row.ended}


def test_a_request_that_gets_no_outcome_is_missing(tmp_path: Path, stack: list[str]) -> None:
    """The wait is bounded by the last expiry, or as asked; exit code 1."""
    again = entry(3, 0.02, model="echo", id="r1", key="r1")
    given = [entry(1, 0.0, model="echo"), entry(2, 0.01, model="silent"), again]
    file = str(written(tmp_path / "a.jsonl", given))
    found = said(tmp_path, 1, "replay", file, *stack, "--timeout", "2s", "--max")
    assert (found["requests"], found["met"], found["missing"], found["repeats"]) == (2, 1, 1, 1)
    assert found["sending"]["speed"] is None


def test_a_recording_without_payloads(tmp_path: Path, stack: list[str]) -> None:
    """It asks for samples, and is sent with them."""
    from msgspec import UNSET  # noqa: PLC0415

    file = str(written(tmp_path / "a.jsonl", [entry(1, 0.0, model="magika", value=UNSET)]))
    ended = synergai(tmp_path, "replay", file, *stack)
    assert ended.returncode == 2
    assert b"allowed: --samples, which sends each model's own sample, or --simulate" in ended.stderr
    assert said(tmp_path, 0, "replay", file, *stack, "--samples")["met"] == 1


def test_ctrl_c_ends_it_with_what_was_sent(tmp_path: Path, stack: list[str]) -> None:
    """The run so far is told and saved; exit code 1 where an outcome is missing."""
    given = [entry(1, 0.0, model="echo"), entry(2, 0.1, model="silent"), entry(3, 600.0)]
    file = str(written(tmp_path / "a.jsonl", given))
    arguments = ["replay", file, *stack, "--output", "json", "--save", str(tmp_path / "run.json")]
    process = subprocess.Popen(
        [sys.executable, "-m", "synergai", *arguments], stdout=subprocess.PIPE,
        env={**os.environ, "SYNERGAI_DATA": str(tmp_path)},
    )  # fmt: skip
    command = ["record", str(tmp_path / "seen.jsonl"), *stack]
    while said(tmp_path, 0, *command)[0]["requests"] < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    found = json.loads(process.communicate(timeout=60)[0])
    assert process.returncode == 1
    assert found["requests"] == len(load(tmp_path / "run.json").rows) == 2
    assert found["missing"] >= 1


@pytest.mark.parametrize(
    ("line", "arguments", "text"),
    [
        ('{"at_s": 0}', [], b"a.jsonl: line 3: found no field 'accepted_s', which is needed"),
        ("", ["--policy", "edf"], b"--policy: found without -f and --simulate, allowed: with one"),
        ("", ["--tenant", "nobody"], b"nobody.requests; create the topics with"),
        ("", ["-f", "none.yaml"], b"none.yaml: cannot be read"),
    ],
)
def test_mistakes(
    tmp_path: Path, stack: list[str], line: str, arguments: list[str], text: bytes
) -> None:
    """A wrong line is told before anything is sent; mistakes are one message, no stack trace."""
    file = written(tmp_path / "a.jsonl", [entry(1, 0.0)], HEADER)
    file.write_text(file.read_text() + line)
    ended = synergai(tmp_path, "replay", str(file), *stack, *arguments)
    assert ended.returncode == (1 if "--tenant" in arguments else 2)
    assert text in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_publishing_needs_no_scheduler() -> None:
    """The compiled kernel, seconds to load, is left alone where only records are sent."""
    code = "import sys, streams.replay.publishing; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
