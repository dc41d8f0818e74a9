"""From files to runs on live stacks: what ``synergai replay`` and the pytest plugin share."""

import asyncio
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console

from streams.replay.files import Recording
from streams.replay.live import replay
from streams.replay.run import Run
from streams.replay.sender import Asked
from streams.settings import Settings, from_environment


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording is published; see `streams.replay.sender.Asked`."""

    speed: float | None = 1.0
    count: int | None = None
    samples: bool = False
    tenant: str | None = None
    prefix: str | None = None
    timeout_s: float | None = None


def to_running(file: Path, bootstrap: str, how: Live) -> Run:
    """A recording published to a stack that runs already.

    Raises:
        StreamsError: the recording is wrong.
        BrokerError: the broker is away or a topic is missing.
    """
    settings = from_environment(topic_prefix=how.prefix)
    recording = Recording(file)
    told = asking(how, settings, bootstrap)
    return asyncio.run(published(recording, told, tick=lambda: None))


def to_own(file: Path, stack_file: Path, policy: str | None, how: Live, console: Console) -> Run:
    """A recording published to a stack that is started for it.

    Raises:
        StreamsError: the recording or the stack file is wrong.
        BrokerError, StackError: Kafka or a process cannot be started.
    """
    from streams.replay.own_stack import own_stack  # noqa: PLC0415 - late: the scheduler's kernel
    from streams.replay.settled import settled  # noqa: PLC0415 - late as well

    recording = Recording(file)
    with tempfile.TemporaryDirectory(prefix="synergai-replay-") as scratch:
        folder = Path(scratch)
        tenants = tuple(sorted({how.tenant} if how.tenant else recording.header.topics.values()))
        stack, place, settings = settled(
            stack_file, policy, data=folder, kafka_bootstrap="", tenants=tenants,
            topic_prefix=how.prefix,
        )  # fmt: skip
        with own_stack(stack, place, settings, folder, console) as (bootstrap, running):
            told = asking(how, settings, bootstrap, policy=settings.policy, stack=place)
            return asyncio.run(published(recording, told, tick=running.poll))


def asking(how: Live, settings: Settings, bootstrap: str, **about: str) -> Asked:
    """What `streams.replay.live` needs to know; ``about``: policy and stack, for the run."""
    from functions.catalogue.samples import sample  # noqa: PLC0415 - late, as all of the catalogue

    return Asked(
        bootstrap=bootstrap,
        settings=settings,
        tenant=how.tenant,
        speed=how.speed,
        count=how.count,
        sample=sample if how.samples else None,
        timeout_s=how.timeout_s,
        **about,
    )


async def published(recording: Recording, told: Asked, tick: Callable[[], None]) -> Run:
    """The run; the first Ctrl-C or SIGTERM ends sending and waiting, the run so far counts."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await replay(recording, told, stop, tick)
