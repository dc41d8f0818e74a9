"""``synergai record``: requests with their times, from the topics to a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.console import Output, output_option
from streams.commands.connection import bootstrap_option, found_bootstrap, quiet
from streams.commands.duration import DURATION
from streams.commands.moment import MOMENT

if TYPE_CHECKING:
    from streams.replay.recorder import Recorded, Wanted
    from streams.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--tenant", "tenants", multiple=True, default=["default"], show_default=True)
@click.option("--prefix", help="Of the topics; otherwise SYNERGAI_TOPIC_PREFIX.")
@click.option("--since", type=MOMENT, help="From then on: a time, or so long ago, e.g. 10min.")
@click.option("--until", type=MOMENT, help="Up to then: a time, or so long ago.")
@click.option("--duration", type=DURATION, help="So long from --since, without it from now on.")
@click.option("--count", type=click.IntRange(1), help="At most so many requests.")
@click.option("--no-payload", is_flag=True, help="Keep the size of each payload, not its bytes.")
@click.option("--outcomes", is_flag=True, help="Add how each request ended.")
@bootstrap_option
@output_option
def record(
    *,
    file: Path,
    tenants: tuple[str, ...],
    prefix: str | None,
    since: float | None,
    until: float | None,
    duration: float | None,
    count: int | None,
    no_payload: bool,
    outcomes: bool,
    bootstrap: str | None,
    output: Output,
) -> None:
    """Write requests with their times to FILE (.jsonl or .jsonl.gz), as Kafka holds them.

    Without a time: everything that is there. A time to come is waited for; Ctrl-C ends the wait and
    keeps what came. docs/howto/record-and-replay.md has the format.
    """
    import asyncio

    from streams.settings import from_environment

    quiet()
    settings = from_environment(topic_prefix=prefix, tenants=tenants)
    since_s, until_s = _window(since, until, duration)
    wanted = _wanted(settings, since_s, until_s, count, payloads=not no_payload, outcomes=outcomes)
    found = asyncio.run(_recorded(found_bootstrap(bootstrap), wanted, file))
    _tell(file, found, output)


def _window(
    since: float | None, until: float | None, duration: float | None
) -> tuple[float | None, float | None]:
    """Moments from and to."""
    import time

    if duration is None:
        return since, until
    if until is not None:
        raise click.UsageError("--duration: found with --until, allowed: one of them")
    begin_s = time.time() if since is None else since
    return begin_s, begin_s + duration


def _wanted(
    settings: "Settings",
    since_s: float | None,
    until_s: float | None,
    most: int | None,
    *,
    payloads: bool,
    outcomes: bool,
) -> "Wanted":
    from streams.replay.recorder import Wanted
    from streams.topics import Topics

    topics = Topics(settings)
    return Wanted(
        topics={
            topics.tenant(t, "requests"): topics.tenant(t, "outcomes") for t in settings.tenants
        },
        tenants=topics.requests,
        since_s=since_s,
        until_s=until_s,
        most=most,
        payloads=payloads,
        outcomes=outcomes,
    )


async def _recorded(bootstrap: str, wanted: "Wanted", file: Path) -> "Recorded":
    import asyncio
    import signal

    from streams.replay.recorder import record as write

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await write(bootstrap, wanted, file, stop)


def _tell(file: Path, found: "Recorded", output: Output) -> None:
    from functions.console import emit

    length_s = (found.last_s or 0.0) - (found.first_s or 0.0)
    facts: dict[str, object] = {
        "file": str(file),
        "requests": found.requests,
        "outcomes": found.outcomes,
        "length_s": round(length_s, 3),
        "bytes": file.stat().st_size,
    }
    if output == "json":
        emit([facts], output)
        return
    outcomes = f", {found.outcomes} outcomes" if found.outcomes else ""
    click.echo(f"{file}: {found.requests} requests of {length_s:.1f} s{outcomes}")
