"""The commands as a shell runs them: messages and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.documents.examples import HEADERS, PAYLOADS
from tests.streams.client.test_client import free_address
from tests.support.broker import Bootstrap
from tests.support.scripted_app import ScriptedApp


def synergai(
    folder: Path, *arguments: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line with a data folder of its own."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SYNERGAI_")}
    environ |= {"SYNERGAI_DATA": str(folder), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "synergai", *arguments],
        env=environ,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["submit", "--model", "m", "--file", "none.wav"], "--file none.wav: cannot be read"),
        (["submit", "--model", "m", "--deadline", "150 parsecs"], "found '150 parsecs', allowed"),
        (["submit", "--model", "m", "--file", "-"], "no Kafka to connect to"),
        (["submit", "--model", "m", "--file", "-", "--bootstrap", "x"], "allowed: host:port"),
        (["submit"], "Missing option '--model'"),
        (["status"], "no Kafka to connect to"),
        (["source", "serve", "--pools", "none.json", "--bootstrap", "x:1"], "none.json: cannot be"),
    ],
)
def test_wrong_use(tmp_path: Path, arguments: list[str], said: str) -> None:
    """A user's mistake is one message on standard error and exit code 2, no stack trace."""
    ended = synergai(tmp_path, *arguments)
    assert ended.returncode == 2
    assert said in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr


def test_broker_away(tmp_path: Path) -> None:
    """A broker that is away is said, with exit code 1."""
    arguments = ["submit", "--model", "m", "--file", "-", "--bootstrap", free_address()]
    ended = synergai(tmp_path, *arguments)
    assert ended.returncode == 1
    assert "is it running there?" in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr


@pytest.mark.kafka
def test_submit(tmp_path: Path, broker: Bootstrap, topic_prefix: str) -> None:
    """The answer is printed for people and for programs; the exit code tells whether it was met."""
    common = ["submit", "--file", "-", "--bootstrap", broker.bootstrap, "--prefix", topic_prefix]
    with ScriptedApp(broker.bootstrap, topic_prefix):
        people = synergai(tmp_path, *common, "--model", "echo", stdin=b'{"text": "hello"}')
        programs = synergai(
            tmp_path, *common, "--model", "none", "--output", "json", "--count", "2", stdin=b"x"
        )
    assert people.returncode == 0, people.stderr
    assert '"text": "hello"' in people.stdout.decode()
    assert "service" in people.stdout.decode()
    assert programs.returncode == 1
    rows = json.loads(programs.stdout)
    assert [(row["kind"], row["error"]) for row in rows] == [("rejected", "no pool serves it")] * 2


@pytest.mark.kafka
def test_status(tmp_path: Path, broker: Bootstrap, topic_prefix: str) -> None:
    """Pools, what they run, and how the last requests ended."""
    from kafka import KafkaProducer
    from kafka.admin import KafkaAdminClient, NewTopic

    names = {
        "capacity": f"{topic_prefix}.system.capacity",
        "pool": f"{topic_prefix}.system.pools",
        "outcome": f"{topic_prefix}.default.outcomes",
    }
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics([NewTopic(name, 1, 1) for name in names.values()])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    for event, topic in names.items():
        headers = [(name, value.encode()) for name, value in HEADERS[event].items()]
        value = json.dumps(PAYLOADS[event]).encode()
        producer.send(topic, key=b"edge", headers=headers, value=value)
    producer.close()
    ended = synergai(
        tmp_path, "status", "--bootstrap", broker.bootstrap, "--prefix", topic_prefix,
        "--output", "json",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    (row,) = json.loads(ended.stdout)
    assert (row["pool"], row["met"], row["late"]) == ("edge", 1, 0)
    assert (row["architecture"], row["emulated"]) == ("jetson-agx-orin", True)
