"""Processes that live and die with this one: started, watched, restarted, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from streams.lifetime import die_with_parent


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What a child runs; its output goes to ``log``."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path


class Child:
    """One running command."""

    def __init__(self, command: Command) -> None:
        """Start it in a session of its own: Ctrl-C reaches this process only, which stops it."""
        self.command = command
        with command.log.open("ab") as log:
            self._process = subprocess.Popen(
                command.arguments,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads run at start
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""
        if self.exit_code() is None:
            self._process.terminate()

    def end(self, within_s: float) -> bool:
        """Wait for its end, then kill it; whether it ended by itself."""
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        return True

    def last_lines(self, count: int = 12) -> str:
        """The end of its log."""
        lines = self.command.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])

    def failure(self) -> str:
        """How it ended and the end of its log."""
        code = self.exit_code()
        end = "still runs" if code is None else f"ended with {described(code)}"
        return f"{self.command.name} {end}; the end of {self.command.log}:\n{self.last_lines()}"


class Restarts:
    """When a crashed child may start again: at once, then ever later while it keeps crashing."""

    def __init__(self, first_s: float = 0.5, longest_s: float = 10.0, calm_s: float = 30.0) -> None:
        self._first_s, self._longest_s, self._calm_s = first_s, longest_s, calm_s
        self._delay_s: dict[str, float] = {}
        self._crashed_s: dict[str, float] = {}

    def crashed(self, name: str, now_s: float) -> float:
        """The time at which ``name`` may start again."""
        calm = now_s - self._crashed_s.get(name, float("-inf")) > self._calm_s
        delay = 0.0 if calm else max(self._first_s, 2 * self._delay_s[name])
        self._delay_s[name] = min(delay, self._longest_s)
        self._crashed_s[name] = now_s
        return now_s + self._delay_s[name]


def stop(children: Sequence[Child], within_s: float, say: Callable[[str], None]) -> None:
    """End all of them, together and within one common time; says who had to be killed."""
    for child in children:
        child.terminate()
    until_s = time.monotonic() + within_s
    for child in children:
        if not child.end(max(0.0, until_s - time.monotonic())):
            say(f"{child.command.name} did not end within {within_s:g} s and was killed")


def described(exit_code: int) -> str:
    """An exit in words: ``signal SIGKILL`` or ``exit code 2``."""
    if exit_code < 0:
        return f"signal {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"
