"""Every example runs as its README says, against the real broker and a scripted app."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.broker import Bootstrap
from tests.support.scripted_app import ScriptedApp

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(folder for folder in EXAMPLES.iterdir() if folder.is_dir())
SCRIPTS = sorted(EXAMPLES.glob("*/*.py"))


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an example as a user does."""
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What the scripted app echoes."""
    path = tmp_path / "request.json"
    path.write_text('{"text": "hello"}')
    return path


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_readme(folder: Path) -> None:
    """Every example has a README that names its scripts."""
    text = (folder / "README.md").read_text()
    assert all(script.name in text for script in folder.glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.parent.name)
def test_compiles(script: Path) -> None:
    """Every script is valid Python."""
    compile(script.read_text(), str(script), "exec")


def test_foreign_examples_use_none_of_our_code() -> None:
    """The producer of twenty lines needs kafka-python alone, the consumer confluent-kafka."""
    producer = (EXAMPLES / "producer_kafka_python" / "producer.py").read_text()
    consumer = (EXAMPLES / "foreign_consumer_confluent" / "outcomes.py").read_text()
    for text in (producer, consumer):
        assert not any(f"from {room}" in text for room in ("streams", "functions", "scheduler"))
    imports = ("import", "from", '"""')
    lines = [line for line in producer.splitlines() if line and not line.startswith(imports)]
    assert len(lines) <= 20


@pytest.mark.kafka
def test_producer(broker: Bootstrap, topic_prefix: str, file: Path) -> None:
    """The foreign producer prints the answer to its own request."""
    with ScriptedApp(broker.bootstrap, topic_prefix):
        ended = run(
            "producer_kafka_python/producer.py", broker.bootstrap, "echo", str(file),
            "application/json", f"{topic_prefix}.default",
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert '"name": "answer"' in ended.stdout
    assert "hello" in ended.stdout


@pytest.mark.kafka
def test_client_and_foreign_consumer(broker: Bootstrap, topic_prefix: str, file: Path) -> None:
    """The client prints five answers, and the foreign consumer counts their outcomes."""
    with ScriptedApp(broker.bootstrap, topic_prefix):
        client = run(
            "client/answers.py", broker.bootstrap, "echo", str(file), "application/json",
            topic_prefix,
        )  # fmt: skip
        consumer = run(
            "foreign_consumer_confluent/outcomes.py", broker.bootstrap, "5",
            f"{topic_prefix}.default",
        )  # fmt: skip
    assert client.returncode == 0, client.stderr
    assert client.stdout.count("met in") == 5
    assert "{'text': 'hello'}" in client.stdout
    assert consumer.returncode == 0, consumer.stderr
    assert consumer.stdout.endswith("{'met': 5}\n")
