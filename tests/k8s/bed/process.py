"""Programs of the bed as child processes that end with it, whatever happens."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

_WITHIN_S: Final = 60.0
_END_S: Final = 10.0
_TAIL: Final = 3000
_STARTER: Final = ThreadPoolExecutor(1, thread_name_prefix="starts programs")
"""A child is killed when the *thread* that started it ends, so that must be one that stays."""


class Process:
    """One program; its output goes to ``log``.

    ``inside``: words in front of it that let it run elsewhere, as in another network. ``gently``:
    whether it is asked to end (SIGTERM) before it is killed; Knative's programs would first wait
    half a minute for traffic that does not come. ``environment``: all of it; None: ours.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        inside: Sequence[str] = (),
        gently: bool = False,
    ) -> None:
        self.log = log
        self._gently = gently
        self._command = ["setpriv", "--pdeathsig", "KILL", *inside, *map(str, arguments)]
        self._environment = dict(os.environ if environment is None else environment)
        self._process = _STARTER.submit(self._started).result()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def until(self, true: Callable[[], bool], what: str, within_s: float = _WITHIN_S) -> None:
        """Wait until it is so; fails with the end of the log."""
        until_s = time.monotonic() + within_s
        while not true():
            assert self.exit_code is None, f"ended ({self.exit_code}) before {what}: {self.tail()}"
            assert time.monotonic() < until_s, f"not within {within_s} s: {what}: {self.tail()}"
            time.sleep(0.05)

    def tail(self) -> str:
        """The end of its log."""
        return f"{self.log}: {self.log.read_text(errors='replace')[-_TAIL:]}"

    def terminate(self) -> None:
        """Ask it to end."""
        if self.exit_code is None:
            self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it the way that suits it, and wait."""
        if self._gently:
            self.terminate()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self.kill()
        else:
            self.kill()

    def restart(self) -> None:
        """Start it anew, after ``kill`` or ``stop``."""
        self._process = _STARTER.submit(self._started).result()

    def pause(self) -> None:
        """Freeze it, as a machine that hangs."""
        self._process.send_signal(signal.SIGSTOP)

    def _started(self) -> subprocess.Popen[bytes]:
        """In a session of its own: Ctrl-C reaches the tests, which end things in order."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
