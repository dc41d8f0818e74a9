"""The way to Kafka may be encrypted and ask for who comes: every process finds it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.client import Client
from tests.support.function_process import running
from tests.support.secured_broker import Ways, secured_broker
from tests.support.waiting import until
from tests.support.worker_process import Deployment, read_all

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine"),
]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    """A broker with both ways in."""
    with secured_broker(tmp_path_factory.mktemp("secured")) as found:
        yield found


async def test_a_worker_concludes_requests(ways: Ways, topic_prefix: str, tmp_path: Path) -> None:
    """Faust, the transactional ledger, feeds and publishers all come by the secured way."""
    deployment = await Deployment(ways.plain, topic_prefix, tmp_path).prepare()
    with deployment.worker(**ways.environment):
        await deployment.produce(["a", "b"], "no-such-model")
        await deployment.concluded(["a", "b"])
    assert {outcome.kind for outcome in await deployment.outcomes()} == {"rejected"}


async def test_a_function_reports(ways: Ways, topic_prefix: str, tmp_path: Path) -> None:
    """Its capacity events arrive."""
    deployment = await Deployment(ways.plain, topic_prefix, tmp_path).prepare()
    capacity = deployment.topics.system("capacity")
    environment = ways.environment | {"SYNERGAI_TOPIC_PREFIX": topic_prefix}

    async def heard() -> bool:
        return bool(await read_all(ways.plain, capacity))

    with running(tmp_path, environment):
        await until(heard, 60.0)


def test_commands_create_topics_and_clients_send(
    ways: Ways, topic_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Aiokafka and kafka-python alike."""
    environment = ways.environment | {"SYNERGAI_TOPIC_PREFIX": topic_prefix}
    done = subprocess.run(
        [sys.executable, "-m", "synergai", "topics", "create", "--output", "json"],
        env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"{topic_prefix}.default.requests" in done.stdout
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with Client(ways.secured, prefix=topic_prefix) as client:
        client.submit("magika", b"text", "application/octet-stream", deadline_s=5.0)


def test_a_wrong_password_is_told(ways: Ways) -> None:
    """In one sentence that does not repeat it."""
    wrong = ways.environment | {"SYNERGAI_KAFKA_SASL_PASSWORD": "guessed"}
    done = subprocess.run(
        [sys.executable, "-m", "synergai", "topics", "check"],
        env=os.environ | wrong, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "guessed" not in done.stderr
