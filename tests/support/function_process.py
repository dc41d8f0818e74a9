"""A function process over tiny nets: ``python -m tests.support.function_process FOLDER``.

The environment says the rest. While a file ``closed`` lies in the folder, nothing is computed.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import click

from functions.errors import PermanentError
from functions.ports import Model
from functions.server.serving import run
from functions.settings import from_environment
from tests.support.function_models import Doubling, TinyCatalogue, sample


class FileGate(threading.Event):
    """Closed while a file is there."""

    def __init__(self, closed: Path) -> None:
        super().__init__()
        self._closed = closed

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the file is gone."""
        until_s = time.monotonic() + (timeout or 0.0)
        while self._closed.exists() and time.monotonic() < until_s:
            time.sleep(0.01)
        return not self._closed.exists()


class GatedCatalogue(TinyCatalogue):
    """Its models wait while the gate file is there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._gate = FileGate(folder / "closed")

    def find(self, name: str, engine: str | None = None) -> Model:
        """A tiny model behind the gate."""
        found = super().find(name, engine)
        cast("Doubling", found.processing).gate = self._gate
        return found


@contextmanager
def started(folder: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The process; killed at the end if it still runs."""
    given = {"SYNERGAI_PORT": "0", "SYNERGAI_MODELS": "double", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.function_process", str(folder)],
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def running(
    folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process when it takes requests, and its ``host:port``."""
    with started(folder, environment) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert "listens on http://" in line, process.communicate()[1]
        yield process, line.split("http://")[1].split()[0]


def main() -> None:
    """Serve; the exit code and message are those of the command line."""
    try:
        run(
            from_environment(),
            GatedCatalogue(Path(sys.argv[1])),
            sample,
            click.echo,
        )
    except PermanentError as error:
        click.echo(error, err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
