"""What stops a worker at its start, and how it waits for what is not there yet."""

import re
import signal
import socket
from pathlib import Path

import pytest

from profiles.errors import ProfileError
from scheduler.errors import SchedulerError
from streams.app import Application
from streams.broker.ports import free_port
from streams.errors import StreamsError
from streams.settings import Settings, from_environment
from streams.topics import Topics
from streams.worker.admin import create_topics
from streams.worker.declare import declare
from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment, WorkerProcess

NOWHERE = {"SYNERGAI_KAFKA_BOOTSTRAP": "127.0.0.1:1"}


def refused(folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Exit code and the one line that a worker says."""
    with WorkerProcess(folder, NOWHERE | environment) as worker:
        code = worker.ended()
        (line,) = worker.said().splitlines()
    return code, line


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SYNERGAI_POLICY": "best"}, "policy: found 'best', allowed: alpaserve"),
        ({"SYNERGAI_POLICY": "slo-mael:doomed=first"}, "'first', allowed: as-published or last"),
        ({"SYNERGAI_POLICY": "slo-mael:speed=1"}, "parameter 'speed': unknown, allowed:"),
        ({"SYNERGAI_POLICY": "kairos:doomed"}, "found 'doomed', allowed: name=value"),
        ({"SYNERGAI_POLICY_PARAMETERS": '{"speed": 1}'}, "parameter 'speed': unknown, allowed:"),
        ({"SYNERGAI_POLICY_PARAMETERS": '{"margin_s": -1}'}, "found -1, allowed: seconds"),
        ({"SYNERGAI_POLICY_PARAMETERS": "{"}, "SYNERGAI_POLICY_PARAMETERS: no JSON"),
        ({"SYNERGAI_POLICY_PARAMETERS": "[1]"}, "policy_parameters"),
        ({"SYNERGAI_PARTITIONS": "many"}, "partitions"),
        ({"SYNERGAI_PARTITIONS": "0"}, "partitions"),
        ({"SYNERGAI_TENANTS": " , "}, "tenants"),
        ({"SYNERGAI_TENANTS": "Über"}, "tenants"),
        ({"SYNERGAI_TOPIC_PREFIX": "a b"}, "topic_prefix"),
        ({"SYNERGAI_TENANTS": "system"}, "tenants"),
        ({"SYNERGAI_LONGEST_LIFE_S": "1000"}, "longest_life_s < dedupe_horizon_s"),
        ({"SYNERGAI_SESSION_TIMEOUT_S": "-1"}, "session_timeout_s"),
        ({"SYNERGAI_MAX_ATTEMPTS": "0"}, "max_attempts"),
        ({"SYNERGAI_MAX_REQUEST_BYTES": "0"}, "max_request_bytes"),
        ({"SYNERGAI_APP_PORT": "70000"}, "app_port"),
        ({"SYNERGAI_PROFILES": "/no/such/file.yaml"}, "/no/such/file.yaml"),
    ],
)
def test_wrong_settings(environment: dict[str, str], said: str) -> None:
    """The message names the setting, what was found and what is allowed."""
    with pytest.raises((StreamsError, SchedulerError, ProfileError), match=re.escape(said)) as told:
        Application(from_environment(environment), "127.0.0.1:1")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SYNERGAI_POLICY": "best"}, "policy: found 'best', allowed: alpaserve"),
        ({"SYNERGAI_PARTITIONS": "0"}, "partitions: found 0, allowed: 1 to 10000"),
    ],
)
def test_a_persons_mistake(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    """Exit code 2 and one line, no stack trace."""
    code, line = refused(tmp_path, environment)
    assert code == 2, line
    assert said in line


def test_broken_profiles(tmp_path: Path) -> None:
    """The file is named, and what is wrong in it."""
    file = tmp_path / "profiles.yaml"
    file.write_text("profiles: [1\n")
    code, line = refused(tmp_path, {"SYNERGAI_PROFILES": str(file)})
    assert (code, str(file) in line) == (2, True), line


def test_port_taken(tmp_path: Path) -> None:
    """The port is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, line = refused(tmp_path, {"SYNERGAI_APP_PORT": port})
    assert code == 2
    assert f"app_port: found {port}" in line


async def test_asked_to_end_while_waiting_for_the_broker(tmp_path: Path) -> None:
    """Ends at once with 0; said once that it waits."""
    bootstrap = f"127.0.0.1:{free_port()}"
    with WorkerProcess(tmp_path, {"SYNERGAI_KAFKA_BOOTSTRAP": bootstrap}) as worker:
        await until(lambda: bootstrap in worker.said())
        assert worker.get("/health")[0] == 503
        worker.signal(signal.SIGTERM)
        assert worker.ended(10.0) == 0
        (line,) = worker.said().splitlines()
        assert line.endswith("; waiting")


@pytest.mark.kafka
async def test_asked_to_end_while_waiting_for_topics(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Says which topics are missing and how to create them, and ends at once with 0."""
    environment = {
        "SYNERGAI_KAFKA_BOOTSTRAP": broker.bootstrap, "SYNERGAI_TOPIC_PREFIX": topic_prefix,
    }  # fmt: skip
    with WorkerProcess(tmp_path, environment) as worker:
        await until(lambda: "synergai topics create" in worker.said())
        assert worker.get("/health")[0] == 503
        worker.signal(signal.SIGINT)
        assert worker.ended(10.0) == 0
        (line,) = worker.said().splitlines()
        assert f"{topic_prefix}.default.requests" in line


@pytest.mark.kafka
async def test_goes_on_without_the_topic_that_earlier_versions_did_not_have(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Says in one sentence what that means and how to get it."""
    deployment = Deployment(broker.bootstrap, topic_prefix, tmp_path)
    claims = deployment.topics.system("claims")
    rows = [row for row in deployment.topics.table() if row.name != claims]
    await create_topics(
        broker.bootstrap, [*rows, deployment.topics.pool_row(deployment.pool.topic)]
    )
    await declare(broker.bootstrap, deployment.settings, [deployment.pool])
    with deployment.worker() as worker:
        await worker.ready()
        said = worker.said().splitlines()[-1]
        assert f"no topic {claims}: goes on without" in said
        assert "created with: synergai topics create" in said
        await deployment.produce(["a"], "quick")
        function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
        async with function.running():
            await deployment.concluded(["a"])


@pytest.mark.kafka
async def test_reply_topic_that_is_not_there(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """A reply that cannot be written would hold up its partition: the topic is waited for."""
    replies = f"{topic_prefix}.replies"
    deployment = Deployment(broker.bootstrap, topic_prefix, tmp_path, reply_topics=(replies,))
    await deployment.prepare()
    with deployment.worker() as worker:
        await until(lambda: f"reply_topics: no topic {replies}" in worker.said())
        await create_topics(broker.bootstrap, [deployment.topics.pool_row(replies)])
        await worker.ready()


@pytest.mark.kafka
async def test_other_number_of_partitions(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Exit code 2 names the topic, what was found and what the settings say."""
    there = Settings(topic_prefix=topic_prefix, partitions=2)
    await create_topics(broker.bootstrap, Topics(there).table())
    code, line = refused(
        tmp_path,
        {
            "SYNERGAI_KAFKA_BOOTSTRAP": broker.bootstrap, "SYNERGAI_TOPIC_PREFIX": topic_prefix,
            "SYNERGAI_PARTITIONS": "3",
        },
    )  # fmt: skip
    assert code == 2
    assert "found 2 partitions, allowed: 3" in line
