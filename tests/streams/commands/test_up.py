"""``synergai up`` as a shell runs it."""

import json
import os
import signal
from pathlib import Path

import pytest

from streams.client.address import check
from tests.streams.commands.test_command_line import synergai
from tests.support.broker import Bootstrap
from tests.support.stack_process import READY, left, up

STACK = "models: [magika]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found nothing, allowed: fields"),
        ("models: [", "no YAML"),
        ("models: []", "models: found none, allowed: at least one"),
        ("modles: [magika]", "unknown field 'modles', allowed: models"),
        ("models: [magikka]", "models: model: found 'magikka', allowed: "),
        ("models: [magika]\npools: [{name: a}, {name: a}]", "each once"),
        ("models: [magika]\npools: [{name: a, slots: 0}]", "slots: found 0, allowed: 1 to 64"),
        ("models: [magika]\npools: [{name: a, models: [x]}]", "(the stack's models)"),
        (
            "models: [magika]\npools: [{name: a, architecture: abacus}]",
            "found 'abacus', which has no published figures",
        ),
        ("models: [magika]\nmodel_folders: [nowhere]", "nowhere"),
        (
            "models: [magika]\npolicy: magic",
            "stack.yaml: policy: found 'magic', allowed: alpaserve",
        ),
        ("models: [magika]\npolicy: {parameters: {}}", "policy: found no field 'name'"),
        (
            "models: [magika]\npolicy: {name: slo-mael, parameters: {doomed: first}}",
            "parameter 'doomed': found 'first', allowed: as-published or last",
        ),
    ],
)
def test_a_wrong_stack_is_refused_before_anything_runs(
    tmp_path: Path, text: str, said: str
) -> None:
    """One message that names the place and what is allowed; exit code 2; no broker was started."""
    file = tmp_path / "stack.yaml"
    file.write_text(text)
    ended = synergai(tmp_path / "data", "up", "-f", str(file))
    assert ended.returncode == 2, ended.stderr
    assert said in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr
    assert not (tmp_path / "data" / "broker").exists()


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["-f", "nowhere.yaml"], "nowhere.yaml: cannot be read", 2),
        (["--policy", "magic"], "policy: found 'magic', allowed: ", 2),
        (
            ["--policy", "slo-mael:window=9"],
            "'window': found '9', allowed: requests, from 1 to 8",
            2,
        ),
        (["--fresh", "--bootstrap", "localhost:1"], "--fresh: found with Kafka at localhost:1", 2),
    ],
)
def test_wrong_use(tmp_path: Path, arguments: list[str], said: str, code: int) -> None:
    """A mistake is one message, no stack trace."""
    ended = synergai(tmp_path, "up", *arguments)
    assert ended.returncode == code
    assert said in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr


@pytest.mark.models
def test_a_cluster_that_is_away_is_said(tmp_path: Path) -> None:
    """Exit code 1: nothing is wrong with what was asked."""
    file = tmp_path / "stack.yaml"
    file.write_text(STACK)
    ended = synergai(tmp_path, "up", "-f", str(file), "--bootstrap", "127.0.0.1:1")
    assert ended.returncode == 1
    assert "is it running there?" in ended.stderr.decode()


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A stack of one model on this machine."""
    path = tmp_path / "stack.yaml"
    path.write_text(STACK)
    return str(path)


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_runs_answers_survives_and_stops(tmp_path: Path, file: str) -> None:
    """A request is met; crashes are said and mended; Ctrl-C leaves no process; data is kept."""
    with up(tmp_path, "-f", file) as stack:
        stack.until(READY)
        assert "emulated" not in stack.said
        answer = stack.run("submit", "--model", "magika", "--deadline", "5s", "--output", "json")
        assert answer.returncode == 0, answer.stderr
        (row,) = json.loads(answer.stdout)
        assert (row["kind"], row["pool"], row["emulated"]) == ("met", "local", False)
        assert stack.run("up", "-f", file).returncode == 2
        assert "a stack runs here already" in stack.run("up", "-f", file).stderr

        killed = stack.child("function serve")
        os.kill(killed, signal.SIGKILL)
        stack.until("local-1 ended with signal SIGKILL, starting it again")
        stack.until("local-1 runs again as process")
        os.kill(stack.child("kafka.Kafka"), signal.SIGKILL)
        stack.until("the broker runs again on")
        again = stack.run("submit", "--model", "magika", "--deadline", "60s")
        assert again.returncode == 0, again.stdout + again.stderr

        children = stack.children()
        assert len(children) == 4  # broker, app, source, one instance
        assert stack.stop() == 0
        assert left(children) == []
        assert not (stack.data / "stack.json").exists()
        assert "Traceback" not in stack.said

    with up(tmp_path, "-f", file) as stack:
        stack.until(READY)
        (pool,) = json.loads(stack.run("status", "--output", "json").stdout)
        assert (pool["pool"], pool["met"]) == ("local", 2)
        children = stack.children()
        assert stack.stop(signal.SIGTERM) == 0
        assert left(children) == []


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(200)
def test_uses_a_cluster_that_is_there(
    tmp_path: Path, file: str, broker: Bootstrap, topic_prefix: str
) -> None:
    """No broker of our own is started, and theirs is left alone."""
    there = ["-f", file, "--bootstrap", broker.bootstrap]
    with up(tmp_path, *there, SYNERGAI_TOPIC_PREFIX=topic_prefix) as stack:
        stack.until(READY)
        assert f"Kafka     {broker.bootstrap}" in stack.said
        answer = stack.run("submit", "--model", "magika", "--deadline", "5s")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        children = stack.children()
        assert len(children) == 3
        assert stack.stop() == 0
        assert left(children) == []
    assert not (stack.data / "broker").exists()
    check(broker.bootstrap, 5.0)


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(200)
def test_killed_it_leaves_nothing_and_the_next_goes_on(tmp_path: Path, file: str) -> None:
    """Even SIGKILL of ``up`` ends its processes; what it wrote down misleads nobody."""
    with up(tmp_path, "-f", file) as stack:
        stack.until(READY)
        children = stack.children()
        assert stack.stop(signal.SIGKILL) == -signal.SIGKILL
        assert left(children) == []
        assert "no Kafka to connect to" in stack.run("status").stderr
    with up(tmp_path, "-f", file) as stack:
        stack.until(READY)
        assert stack.stop() == 0


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(200)
def test_stops_while_it_starts(tmp_path: Path, file: str) -> None:
    """Ctrl-C before it is ready leaves nothing either."""
    with up(tmp_path, "-f", file) as stack:
        stack.until("waiting for")
        children = stack.children()
        assert stack.stop() == 0
        assert left(children) == []
        assert "Traceback" not in stack.said


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(200)
def test_a_child_that_cannot_start_ends_the_stack(tmp_path: Path, file: str) -> None:
    """Why is said with its last lines, and nothing is restarted for ever."""
    with up(tmp_path, "-f", file) as stack:
        stack.until("waiting for")
        os.kill(stack.child("app serve"), signal.SIGKILL)
        assert stack.ended() == 1
        assert "app ended with signal SIGKILL; the end of" in stack.said
        assert "starting it again" not in stack.said
