"""The processes that faults happen to, each with the little that can be done to it."""

import os
import resource
import signal
import time
from contextlib import suppress
from typing import Protocol

from streams.broker.running import RunningBroker
from streams.stack.children import Child, Command, described

_END_S = 40.0
_IMPORTS_S = 30.0
"""While it is still being loaded a process has nothing, and SIGTERM just ends it."""


class Actor(Protocol):
    """One process that may be killed, put to sleep, ended and started again."""

    @property
    def pid(self) -> int:
        """Of the process that runs now, or ran last."""

    def start(self) -> None:
        """Start it; blocks until a broker answers, and for others not at all."""

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""

    def stop(self) -> str:
        """SIGTERM, and wait; what was wrong with how it ended."""

    def died(self) -> str:
        """How it ended if it did so by itself; empty while it runs."""


class Process:
    """A child of ours."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._child: Child | None = None
        self._begun_s = 0.0

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._child.pid if self._child is not None else 0

    def start(self) -> None:
        """Start it."""
        self._child, self._begun_s = Child(self.command), time.monotonic()

    def kill(self) -> None:
        """End it at once."""
        if self._child is not None and self._child.exit_code() is None:
            os.kill(self._child.pid, signal.SIGKILL)
            self._child.end(_END_S)

    def stop(self) -> str:
        """Ask it to end, and wait."""
        if self._child is None:
            return ""
        self._child.terminate()
        if not self._child.end(_END_S):
            return f"SIGTERM: did not end within {_END_S:g} s"
        code = self._child.exit_code()
        early = code == -signal.SIGTERM and time.monotonic() - self._begun_s < _IMPORTS_S
        return "" if not code or early else f"SIGTERM: {described(code)}"

    def died(self) -> str:
        """How it ended by itself."""
        code = self._child.exit_code() if self._child is not None else None
        return "" if code is None else described(code)


class BrokerProcess:
    """The embedded broker."""

    def __init__(self, broker: RunningBroker) -> None:
        self._broker = broker

    @property
    def pid(self) -> int:
        """Of the broker."""
        return self._broker.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._broker.restart()

    def kill(self) -> None:
        """End it at once."""
        self._broker.kill()

    def stop(self) -> str:
        """Ask it to end, and wait; ``start`` brings it back."""
        self._broker.halt()
        return ""

    def died(self) -> str:
        """How it ended by itself."""
        code = self._broker.poll()
        return "" if code is None else described(code)


def sleep(pid: int) -> None:
    """SIGSTOP."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)


def wake(pid: int) -> None:
    """SIGCONT."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def fill_disk(pid: int) -> None:
    """No file of the process may grow: every write fails as on a disk that is full."""
    _limit(pid, 1)


def free_disk(pid: int) -> None:
    """Files may grow again."""
    with suppress(ProcessLookupError):
        _limit(pid, None)


def _limit(pid: int, size: int | None) -> None:
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))
