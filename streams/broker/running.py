"""A broker as a child process: started, watched, stopped, started again."""

import os
import subprocess
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.broker import jars
from streams.broker.java import command, faster
from streams.broker.layout import prepare
from streams.broker.lock import claim
from streams.broker.options import BrokerOptions, Progress, silent
from streams.broker.ports import answers, free_port
from streams.errors import BrokerError
from streams.lifetime import die_with_parent

_STOP_WITHIN_S = 20.0


def start(options: BrokerOptions, progress: Progress = silent) -> "RunningBroker":
    """Fetch what is missing, start a broker on ``options.data`` and wait until it answers.

    Raises:
        BrokerError: it cannot be fetched or started, or its data folder is in use.
    """
    options.data.mkdir(parents=True, exist_ok=True)
    held = claim(options.data / "in-use", str(os.getpid()))
    if held is None:
        owner = (options.data / "in-use").read_text()
        raise BrokerError(f"{options.data}: in use by the broker of process {owner}; stop it first")
    try:
        folder = jars.obtain(options, progress)
        flags = faster(options, folder, progress)
        progress("starting Apache Kafka", 0, 0)
        broker = RunningBroker(options, folder, flags, held)
        broker.restart()
    except BaseException:
        held.close()
        raise
    return broker


class RunningBroker:
    """One Kafka process and its data; dies with the process that started it."""

    def __init__(
        self, options: BrokerOptions, folder: Path, flags: list[str], held: TextIOWrapper
    ) -> None:
        self._options, self._folder, self._flags, self._held = options, folder, flags, held
        self._process: subprocess.Popen[bytes] | None = None
        self._port = options.port or free_port()
        self.log = options.data / "broker.log"

    @property
    def bootstrap(self) -> str:
        """Where clients connect, ``host:port``; the same after a restart."""
        return f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The id of the running process.

        Raises:
            BrokerError: it does not run.
        """
        if self._process is None:
            raise BrokerError("the broker does not run")
        return self._process.pid

    def poll(self) -> int | None:
        """None while it runs, else its exit code (0 if it was stopped)."""
        return self._process.poll() if self._process is not None else 0

    def restart(self) -> None:
        """Start the process on the same port and data; a running one is stopped first.

        Raises:
            BrokerError: it ended or did not answer in time; with the last lines of its log.
        """
        self._end()
        settings = prepare(self._options, self._port, free_port())
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command(self._options, self._folder, settings, *self._flags),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads run at start
            )
        if not answers(self._port, self._options.start_within_s, self._process.poll):
            code = self.poll()
            self._end()
            raise BrokerError(self._failure(code))

    def kill(self) -> None:
        """End the process at once (SIGKILL), as a power cut would; ``restart`` brings it back."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def halt(self) -> None:
        """End the process in order (SIGTERM); ``restart`` brings it back on the same data."""
        self._end()

    def stop(self) -> None:
        """End the process and give the data folder free; harmless if done already."""
        self._end()
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _failure(self, code: int | None) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        end = "did not answer in time" if code is None else f"ended with exit code {code}"
        return "\n".join([f"Apache Kafka {end}; the end of {self.log}:", *lines])
