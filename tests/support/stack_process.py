"""``synergai up`` or ``demo`` as a process of its own, on a data folder of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

READY: Final = "Ctrl-C stops everything."
_WITHIN_S: Final = 90.0


class StackProcess:
    """What it said, and how it ends."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.data = folder / "data"
        self._out = folder / "up.out"
        environ = {k: v for k, v in os.environ.items() if not k.startswith("SYNERGAI_")}
        kept = ("SYNERGAI_CACHE", "SYNERGAI_WHEELS", "SYNERGAI_KAFKA_JARS")
        self.environment = environ | {k: os.environ[k] for k in kept if k in os.environ}
        self.environment |= {"SYNERGAI_DATA": str(self.data), "COLUMNS": "200", **environment}
        with self._out.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "synergai", *arguments], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def said(self) -> str:
        """Everything so far."""
        return self._out.read_text(errors="replace")

    def until(self, text: str) -> None:
        """Wait until it said so."""
        self._wait(lambda: text in self.said, text)

    def ended(self) -> int:
        """Wait for its end; the exit code."""
        return self._process.wait(_WITHIN_S)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end and wait for it."""
        self._process.send_signal(number)
        return self.ended()

    def children(self) -> dict[int, str]:
        """Process id to command line of its children."""
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        pids = [int(word) for word in listed.read_text().split()]
        return {pid: _command_line(pid) for pid in pids}

    def child(self, words: str) -> int:
        """The child whose command line has these words."""
        (pid,) = (pid for pid, line in self.children().items() if words in line)
        return pid

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command beside it."""
        return subprocess.run(
            [sys.executable, "-m", "synergai", *arguments], env=self.environment,
            capture_output=True, text=True, timeout=_WITHIN_S, check=False,
        )  # fmt: skip

    def kill(self) -> None:
        """At the end of a test that failed."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _wait(self, true: Callable[[], bool], what: str) -> None:
        until_s = time.monotonic() + _WITHIN_S
        while not true():
            assert self._process.poll() is None, f"ended before {what!r}: {self.said}"
            assert time.monotonic() < until_s, f"not within {_WITHIN_S} s: {what!r}: {self.said}"
            time.sleep(0.05)


def up(folder: Path, *arguments: str, **environment: str) -> AbstractContextManager[StackProcess]:
    """A local stack."""
    return running(folder, "up", *arguments, **environment)


@contextmanager
def running(folder: Path, *arguments: str, **environment: str) -> Iterator[StackProcess]:
    """The process; killed at the end if it still runs."""
    process = StackProcess(folder, *arguments, **environment)
    try:
        yield process
    finally:
        process.kill()


def left(pids: dict[int, str], within_s: float = 5.0) -> list[str]:
    """Which of the processes are still there after a moment, by command line."""
    until_s = time.monotonic() + within_s
    while True:
        there = [line for pid, line in pids.items() if _command_line(pid) == line and line]
        if not there or time.monotonic() > until_s:
            return there
        time.sleep(0.05)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
