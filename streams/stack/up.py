"""The composition root of ``synergai up``."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console

from streams.broker.display import Display
from streams.broker.lock import claim
from streams.broker.running import RunningBroker
from streams.errors import StreamsError
from streams.settings import Settings, from_environment
from streams.stack.guide import guide
from streams.stack.kafka import embedded, reachable
from streams.stack.preparing import Prepared, prepare
from streams.stack.running import Stack, write_down
from streams.stack.schema import StackFile
from streams.stack.signals import StopAskedError, stoppable
from streams.stack.starting import started, until_ready
from streams.stack.waiting import WaitingDisplay

_EVERY_S: Final = 0.2


def run(stack: StackFile, place: str, settings: Settings, console: Console, *, fresh: bool) -> None:
    """Run a stack until SIGINT or SIGTERM; ``place`` names its file in messages.

    Raises:
        StreamsError: something is wrong with the stack or the settings, or a stack runs already.
        BrokerError, StackError: Kafka or a process cannot be started.
    """
    quiet()
    with stoppable(lambda: _say(console, "stopping")), ExitStack() as held:
        try:
            held.enter_context(claimed(settings.data, "synergai up --data FOLDER"))
            with Display(console) as progress:
                prepared = prepare(stack, place, settings, progress)
                broker = None
                if not settings.kafka_bootstrap:
                    kafka = embedded(
                        settings, settings.data / "broker", progress, usual_port=True, fresh=fresh
                    )
                    broker = held.enter_context(kafka)
            _serve(prepared, broker, console)
        except StopAskedError:
            held.close()
            _say(console, "stopped")


def _serve(prepared: Prepared, broker: RunningBroker | None, console: Console) -> NoReturn:
    settings = prepared.settings
    bootstrap = broker.bootstrap if broker else reachable(settings.kafka_bootstrap)
    with started(
        prepared, bootstrap, broker, settings.data, lambda text: _say(console, text)
    ) as stack:
        with WaitingDisplay(console) as waiting:
            until_ready(stack, waiting)
        with found(settings.data, bootstrap, stack):
            told = guide(
                stack.plan,
                settings,
                bootstrap,
                stack.app_port,
                found=settings.data == from_environment().data,
            )
            console.print(told, markup=False, highlight=False, soft_wrap=True)
            while True:
                stack.poll()
                time.sleep(_EVERY_S)


@contextmanager
def claimed(folder: Path, beside: str) -> Iterator[None]:
    """The data folder is this process's inside the ``with``; ``beside`` runs another elsewhere.

    Raises:
        StreamsError: another stack runs on it; says which and what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = claim(folder / "in-use", str(os.getpid()))
    except OSError as error:
        raise StreamsError(f"{folder}: cannot be used for data: {error.strerror}") from None
    if held is None:
        owner = (folder / "in-use").read_text()
        raise StreamsError(
            f"{folder}: a stack runs here already (process {owner}). Use it: synergai status; "
            f"stop it: Ctrl-C there, or kill {owner}; or run another beside it: {beside}"
        )
    with held:
        yield


@contextmanager
def found(folder: Path, bootstrap: str, stack: Stack) -> Iterator[None]:
    """Commands find the stack by ``stack.json`` inside the ``with``."""
    path = write_down(folder, bootstrap, os.getpid(), stack.plan, stack.app_port)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def quiet() -> None:
    """Keep the Kafka clients' own logs off the terminal: what matters is said by our errors."""
    for name in ("aiokafka", "kafka"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _say(console: Console, text: str) -> None:
    console.print(
        f"{time.strftime('%H:%M:%S')} {text}", markup=False, highlight=False, soft_wrap=True
    )
