"""``synergai record`` against the real broker."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from functions.rfc3339 import render
from streams.client import Client
from streams.replay.files import Recording
from tests.streams.commands.test_command_line import synergai
from tests.support.broker import Bootstrap
from tests.support.scripted_app import ScriptedApp
from tests.support.worker_process import request_headers

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(100)]


@pytest.fixture
def stack(broker: Bootstrap, topic_prefix: str) -> list[str]:
    """The options that name broker and prefix."""
    return ["--bootstrap", broker.bootstrap, "--prefix", topic_prefix]


def recorded(folder: Path, *arguments: str) -> dict[str, Any]:
    """What the command tells."""
    ended = synergai(folder, "record", *arguments, "--output", "json")
    assert ended.returncode == 0, ended.stderr.decode()
    (row,) = json.loads(ended.stdout)
    return dict(row)


def test_requests_and_outcomes(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path, stack: list[str]
) -> None:
    """All of both partitions, in order, as they were sent, with how they ended."""
    with (
        ScriptedApp(broker.bootstrap, topic_prefix),
        Client(broker.bootstrap, prefix=topic_prefix, source="/me") as client,
    ):
        client.wait([client.submit("echo", b"\x00%d" % n, deadline_s=2.0) for n in range(30)], 30)
        client.wait([client.submit("none", b"x", deadline_s=1.0, priority=4)], 30)
    path = tmp_path / "a.jsonl.gz"
    told = recorded(tmp_path, str(path), *stack, "--outcomes")
    assert (told["requests"], told["outcomes"]) == (31, 31)
    recording = Recording(path)
    entries = list(recording)
    assert recording.header.topics == {f"{topic_prefix}.default.requests": "default"}
    assert {entry.partition for entry in entries} == {0, 1}
    assert sorted(entry.value for entry in entries if entry.model == "echo") == sorted(  # type: ignore[type-var]
        b"\x00%d" % n for n in range(30)
    )
    kinds = [entry.outcome.kind for entry in entries if entry.outcome]
    assert (kinds.count("met"), kinds.count("rejected")) == (30, 1)
    refused = entries[-1]
    assert (refused.model, refused.priority, refused.budget_s) == ("none", 4, 1.0)
    some = recorded(tmp_path, str(path), *stack, "--count", "7", "--no-payload")
    assert (some["requests"], Recording(path).header.payloads) == (7, False)


def test_a_part_of_the_time(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path, stack: list[str]
) -> None:
    """--since and --until name moments; what was before and after is not there."""
    topic = f"{topic_prefix}.default.requests"
    with ScriptedApp(broker.bootstrap, topic_prefix):
        producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
        moments = []
        for number in range(3):
            headers = request_headers(f"r{number}", "silent", 1.0)
            sent = producer.send(topic, b"%d" % number, key=b"k", headers=headers).get(30)
            moments.append(sent.timestamp / 1000)
            time.sleep(0.05)
        producer.close()
    path = tmp_path / "a.jsonl"
    window = ["--since", render(moments[1]), "--until", render(moments[2])]
    assert recorded(tmp_path, str(path), *stack, *window)["requests"] == 1
    (entry,) = Recording(path)
    assert (entry.value, entry.at_s, entry.id) == (b"1", 0.0, "r1")


def test_what_is_to_come_is_waited_for(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path, stack: list[str]
) -> None:
    """--count ends the wait when so many are there, Ctrl-C ends it with what came."""
    path = tmp_path / "a.jsonl"
    environ = {**os.environ, "SYNERGAI_DATA": str(tmp_path)}
    waiting = ["record", str(path), *stack, "--duration", "5min"]
    with (
        ScriptedApp(broker.bootstrap, topic_prefix),
        Client(broker.bootstrap, prefix=topic_prefix) as client,
    ):
        for extra in (["--count", "3"], []):
            process = subprocess.Popen(
                [sys.executable, "-m", "synergai", *waiting, *extra], env=environ,
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            while process.poll() is None:
                client.wait([client.submit("echo", b"1", deadline_s=1.0)], 30)
                if not extra and Path(f"{path}.part").exists():
                    time.sleep(1.0)
                    client.wait([client.submit("echo", b"1", deadline_s=1.0)], 30)
                    process.send_signal(signal.SIGINT)
                    process.wait(30)
                time.sleep(0.1)
            said = process.communicate()[0]
            assert process.returncode == 0, said
            count = len(list(Recording(path)))
            assert count == 3 if extra else count >= 1
            assert f"{count} requests" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.csv"], b"allowed: one ending in .jsonl, .jsonl.gz"),
        (["a.jsonl", "--since", "yesterday"], b"allowed: a time, e.g. 2026-01-31T12:00:00Z, or so"),
        (["a.jsonl", "--until", "1min", "--duration", "1s"], b"allowed: one of them"),
        (["a.jsonl", "--tenant", "A B"], b"tenants: found 'A B', allowed: lower-case"),
    ],
)
def test_wrong_use(tmp_path: Path, stack: list[str], arguments: list[str], said: bytes) -> None:
    """A mistake is one message and exit code 2."""
    ended = synergai(tmp_path, "record", *arguments, *stack)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_no_topic(tmp_path: Path, stack: list[str]) -> None:
    """A topic that is missing is named; exit code 1, and no file is left."""
    ended = synergai(tmp_path, "record", str(tmp_path / "a.jsonl"), *stack)
    assert ended.returncode == 1
    assert b".default.requests; create the topics with" in ended.stderr
    assert list(tmp_path.glob("a.*")) == []
