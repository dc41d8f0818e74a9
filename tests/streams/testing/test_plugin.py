"""The pytest plugin in a project of somebody else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.broker import Bootstrap
from tests.support.outside_project import copied, left, plugin, pytest_in


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, outside of the repository."""
    return copied(tmp_path)


def test_simulated_replays_need_no_broker(project: Path) -> None:
    """The example's tests on a virtual clock pass, and no process is started for them."""
    ended = pytest_in(project, "-k", "not every_upload", "--synergai-broker=nowhere")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "4 passed, 1 deselected" in ended.stdout


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_live_replay_starts_and_stops_everything(project: Path) -> None:
    """Broker, app and function run for the test, and none of them after it."""
    ended = pytest_in(project, "-k", "every_upload")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout
    assert left(project) == []


SHARED = """
import time

def test_one(synergai_session):
    run = synergai_session.replay("traffic.jsonl", speed=None, count=5)
    assert (run.requests, run.missing, run.behind_s) == (5, 0, 0.0)
    synergai_session.first = synergai_session.prefix

def test_two(synergai_session, tmp_path):
    run = synergai_session.replay("traffic.jsonl", speed=None, count=5)
    assert synergai_session.first == synergai_session.prefix
    run.save(tmp_path / "run.json")
    assert run.against(tmp_path / "run.json")["points"] == 0
    assert "5 requests: 5 met" in repr(run)

async def test_three(synergai_session):
    assert synergai_session.replay("traffic.jsonl", speed=None, count=2).missing == 0
"""


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_stack_is_shared_on_a_broker_that_is_there(project: Path, broker: Bootstrap) -> None:
    """Tests of one session use one stack; a test with a running loop can replay as well."""
    (project / "test_traffic.py").write_text(SHARED)
    options = (f"--synergai-broker={broker.bootstrap}", "-o", "asyncio_mode=auto")
    ended = pytest_in(project, *options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "3 passed" in ended.stdout


@pytest.mark.parametrize(
    ("call", "options", "said"),
    [
        ("simulate('none.jsonl')", [], "none.jsonl: found no such file"),
        ("simulate('traffic.jsonl', policy='magic')", [], "found 'magic', allowed: "),
        ("simulate('stack.yaml')", [], "stack.yaml: line 1: no JSON"),
        ("replay('traffic.jsonl')", ["--synergai-broker=x"], "found 'x', allowed: process, cont"),
    ],
)
def test_mistakes(project: Path, call: str, options: list[str], said: str) -> None:
    """A test that asks for something wrong fails with what was found and what is allowed."""
    text = f"def test(synergai):\n    synergai.{call}\n"
    (project / "test_traffic.py").write_text(text)
    ended = pytest_in(project, *options)
    assert ended.returncode == 1
    assert said in ended.stdout


def test_those_who_do_not_use_it_load_nothing(project: Path) -> None:
    """A run without our fixtures imports no room but the plugin's own module."""
    code = (
        "import sys\n"
        "def test():\n"
        "    rooms = ('streams', 'scheduler', 'functions', 'profiles', 'numpy', 'rich', 'kafka')\n"
        "    there = {name for name in sys.modules if name.split('.')[0] in rooms}\n"
        "    assert there <= {'streams', 'streams.testing', 'streams.testing.plugin'}\n"
    )
    (project / "test_traffic.py").write_text(code)
    assert pytest_in(project).returncode == 0


def test_the_options_are_told(project: Path) -> None:
    """``pytest --help`` names them."""
    shown = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin(), "--help"],
        cwd=project, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "--synergai-broker=process|container|HOST:PORT" in shown.stdout
    assert "synergai_stack (string)" in shown.stdout
