"""A stack of one's own for a replay or a test: started, ready, stopped, nothing kept."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from streams.broker.display import Display
from streams.settings import Settings
from streams.stack.kafka import embedded, reachable
from streams.stack.preparing import prepare
from streams.stack.running import Broker, Stack
from streams.stack.schema import StackFile
from streams.stack.starting import started, until_ready
from streams.stack.up import quiet
from streams.stack.waiting import WaitingDisplay


@contextmanager
def own_stack(
    stack: StackFile,
    place: str,
    settings: Settings,
    folder: Path,
    console: Console,
) -> Iterator[tuple[str, Stack]]:
    """Broker (unless the settings name one), app, source and pools inside the ``with``.

    ``folder`` gets logs and data. Whoever holds it calls ``poll`` of the stack now and then.

    Raises:
        StreamsError: something is wrong with the stack or the settings.
        BrokerError, StackError: Kafka or a process cannot be started.
    """
    quiet()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with Display(console) as progress:
            prepared = prepare(stack, place, settings, progress)
            broker: Broker | None = None
            bootstrap = settings.kafka_bootstrap
            if not bootstrap:
                kafka = embedded(settings, folder / "broker", progress, usual_port=False)
                broker = held.enter_context(kafka)
                bootstrap = broker.bootstrap
        there = reachable(bootstrap)
        running = held.enter_context(started(prepared, there, broker, folder, console.print))
        with WaitingDisplay(console) as waiting:
            until_ready(running, waiting)
        yield bootstrap, running
