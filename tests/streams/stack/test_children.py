"""Processes that live and die with ours."""

import os
import subprocess
import sys
import time
from pathlib import Path

from streams.stack.children import Child, Command, Restarts, described, stop


def _command(folder: Path, code: str, name: str = "child") -> Command:
    return Command(
        name=name, arguments=(sys.executable, "-c", code), environment={"GREETING": "hello"},
        log=folder / f"{name}.log",
    )  # fmt: skip


def _gone(pid: int, within_s: float = 20.0) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_output_goes_to_the_log(tmp_path: Path) -> None:
    """What a child prints can be read afterwards."""
    child = Child(_command(tmp_path, "import os; print(os.environ['GREETING'])"))
    assert child.end(20)
    assert child.last_lines() == "hello"
    assert child.exit_code() == 0


def test_stop_ends_all_and_says_who_was_killed(tmp_path: Path) -> None:
    """A child that ignores SIGTERM is killed, and said."""
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('up', flush=True); time.sleep(60)"
    )
    children = [
        Child(_command(tmp_path, deaf, "deaf")),
        Child(_command(tmp_path, "import time; time.sleep(60)", "good")),
    ]
    while "up" not in children[0].last_lines():
        time.sleep(0.02)
    said: list[str] = []
    stop(children, 0.5, said.append)
    assert [child.exit_code() for child in children] == [-9, -15]
    assert said == ["deaf did not end within 0.5 s and was killed"]


def test_a_child_dies_with_its_parent_even_by_sigkill(tmp_path: Path) -> None:
    """Nobody has to look for left-over processes."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from streams.stack.children import Child, Command\n"
        "sleep = (sys.executable, '-c', 'import time; time.sleep(60)')\n"
        "log = Path(sys.argv[1]) / 'c.log'\n"
        "c = Child(Command(name='c', arguments=sleep, environment={}, log=log))\n"
        "print(c.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    os.kill(parent.pid, 9)
    parent.wait()
    assert _gone(pid)


def test_restarts_wait_longer_while_crashes_go_on() -> None:
    """At once first, then 0.5 s, 1 s, 2 s up to the longest; a calm time forgives."""
    restarts = Restarts(first_s=0.5, longest_s=2.0, calm_s=30.0)
    waits = [restarts.crashed("a", float(now)) - now for now in (0, 1, 2, 3, 4, 50)]
    assert waits == [0.0, 0.5, 1.0, 2.0, 2.0, 0.0]


def test_an_exit_is_said_in_words() -> None:
    """A signal by name, a code by number."""
    assert (described(-9), described(2)) == ("signal SIGKILL", "exit code 2")
