"""Children and broker of a stack while it runs."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.errors import StackError, StreamsError
from streams.settings import Settings
from streams.stack.children import Command
from streams.stack.plan import make
from streams.stack.running import Stack, commands, health_urls, write_down
from streams.stack.schema import StackFile

PLAN = make(StackFile(models=("magika",)), Settings(), {}, "127.0.0.1:9", [18_001])
SLEEP = "import time; time.sleep(60)"


class FakeBroker:
    """Ends when told to, restarts at once."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.restarts = 0

    @property
    def bootstrap(self) -> str:
        """Always the same."""
        return "127.0.0.1:9"

    def poll(self) -> int | None:
        """Its exit code."""
        return self.code

    def restart(self) -> None:
        """Runs again."""
        self.code, self.restarts = None, self.restarts + 1


class World:
    """A stack of one child that runs ``code``."""

    def __init__(self, folder: Path, code: str = SLEEP) -> None:
        self.said: list[str] = []
        self.broker = FakeBroker()
        command = Command(
            name="app", arguments=(sys.executable, "-c", code), environment={},
            log=folder / "app.log",
        )  # fmt: skip
        self.stack = Stack(PLAN, self.broker, [command], 18_000, self.said.append)
        self.stack.start()

    def ended(self) -> bool:
        """Whether the child ended."""
        return self.stack.children["app"].exit_code() is not None


def _until(true: Callable[[], bool], within_s: float = 20.0) -> None:
    until_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until_s
        time.sleep(0.02)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One child that sleeps."""
    world = World(tmp_path)
    yield world
    world.stack.stop()


def test_a_crashed_child_is_said_and_started_again(world: World) -> None:
    """The message names the signal, the log and the new process."""
    killed = world.stack.children["app"].pid
    os.kill(killed, 9)
    _until(world.ended)
    world.stack.poll()
    assert world.stack.children["app"].pid != killed
    assert world.said[0] == "app ended with signal SIGKILL, starting it again"
    assert "app.log" in world.said[1]
    assert world.said[2] == f"app runs again as process {world.stack.children['app'].pid}"


def test_a_crashed_broker_is_said_and_started_again(world: World) -> None:
    """The broker first: children need it."""
    world.broker.code = -9
    world.stack.poll()
    assert world.broker.restarts == 1
    assert world.said == [
        "the broker ended with signal SIGKILL, starting it again",
        "the broker runs again on 127.0.0.1:9",
    ]


def test_nothing_is_said_while_all_is_well(world: World) -> None:
    """Polling is quiet."""
    world.stack.poll()
    world.stack.check()
    assert world.said == []


@pytest.mark.parametrize(("code", "kind"), [(2, StreamsError), (1, StackError)])
def test_a_child_that_cannot_start_is_not_started_for_ever(
    tmp_path: Path, code: int, kind: type[Exception]
) -> None:
    """Before readiness its end is the stack's, with its last words; 2 means wrong input."""
    world = World(tmp_path, f"import sys; print('Error: no such model'); sys.exit({code})")
    _until(world.ended)
    with pytest.raises(StreamsError, match="app ended with exit code") as caught:
        world.stack.check()
    assert type(caught.value) is kind
    assert "Error: no such model" in str(caught.value)


def test_commands_of_a_plan(tmp_path: Path) -> None:
    """App, source and every instance, each with its log; earlier logs are kept beside."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("earlier")
    made = commands(PLAN, tmp_path, {"SYNERGAI_POLICY": "edf"}, "127.0.0.1:9")
    assert [command.name for command in made] == ["app", "source", "local-1"]
    assert made[0].environment == {"SYNERGAI_POLICY": "edf"}
    assert made[2].environment["SYNERGAI_PORT"] == "18001"
    assert (tmp_path / "logs" / "app.before.log").read_text() == "earlier"
    (pool,) = json.loads((tmp_path / "pools.json").read_text())
    assert pool["urls"] == ["http://127.0.0.1:18001"]


def test_who_says_when_it_is_ready() -> None:
    """The app by its health, instances by the protocol's route."""
    assert health_urls(PLAN, 18_000) == {
        "app": "http://127.0.0.1:18000/health",
        "local-1": "http://127.0.0.1:18001/v2/health/ready",
    }


def test_commands_find_the_stack_by_what_is_written_down(tmp_path: Path) -> None:
    """Broker, process and where everything listens."""
    found = json.loads(write_down(tmp_path, "127.0.0.1:9", 7, PLAN, 18_000).read_text())
    assert (found["bootstrap"], found["pid"]) == ("127.0.0.1:9", 7)
    assert found["instances"][0]["url"] == "http://127.0.0.1:18001"
