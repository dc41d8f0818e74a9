"""``synergai trace`` and ``synergai explain``: one request, from its event to its outcome."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from functions.console import Output, emit, output_option
from streams.commands.connection import bootstrap_option, reached

if TYPE_CHECKING:
    from streams.trace.finding import Wanted
    from streams.trace.story import Asked, Story


def _which(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument and options that name a request."""
    for option in (
        click.option("--partition", type=int, help="Of the request, where an id is in several."),
        click.option("--tenant", default="", help="Of the request, where an id is in several."),
        click.option("--source", default="", help="Of the request, where an id is in several."),
        click.option("--prefix", help="Of the topics; otherwise SYNERGAI_TOPIC_PREFIX."),
        click.argument("name", metavar="ID"),
    ):
        command = option(command)
    return command


@click.command()
@_which
@bootstrap_option
@output_option
def trace(output: Output, **which: Any) -> None:
    """Show what happened to one request, step by step.

    ID is a request id, an identity, or TOPIC/PARTITION/OFFSET of the request. Times in the
    table are seconds since the request was appended. Exit code 1: there is no such request, or
    several.
    """
    story = _found(**which)
    if output == "json":
        _json(story)
    else:
        _table(story)


@click.command()
@_which
@bootstrap_option
@output_option
def explain(output: Output, **which: Any) -> None:
    """Say why a request went where it went, and what its time was spent on.

    ID is a request id, an identity, or TOPIC/PARTITION/OFFSET of the request. Exit code 1: there is
    no such request, or several.
    """
    import json

    from streams.trace.causes import causes
    from streams.trace.words import sentences

    story = _found(**which)
    said = sentences(story)
    if output == "json":
        told = {"identity": story.identity, "sentences": said, "causes_s": causes(story)}
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo("\n".join(said))


def _found(prefix: str | None, bootstrap: str | None, **which: Any) -> "Story":
    """The one request of that name, or exit code 1."""
    import asyncio

    from streams.audit.reading import Reading
    from streams.settings import from_environment
    from streams.trace.finding import Wanted, open_finder

    settings, where = from_environment(topic_prefix=prefix), reached(bootstrap)
    wanted = Wanted(**which)

    async def look() -> "Story | dict[str, list[Asked]]":
        async with Reading.open(where) as reading:
            finder = await open_finder(reading, where, settings)
            found = await finder.candidates(wanted)
            if len(found) != 1:
                return found
            ((identity, asked),) = found.items()
            return await finder.story(identity, asked)

    found = asyncio.run(look())
    if not isinstance(found, dict):
        return found
    click.echo(_several(wanted, found) if found else _none(wanted, settings.topic_prefix), err=True)
    sys.exit(1)


def _none(wanted: "Wanted", prefix: str) -> str:
    given = {"source": wanted.source, "tenant": wanted.tenant, "partition": wanted.partition}
    limits = "".join(f", --{k} {v}" for k, v in given.items() if v not in {"", None})
    looked = f"{prefix}.{wanted.tenant or '<tenant>'}.requests"
    return (
        f"request {wanted.name!r}{limits}: not found in {looked}, from the oldest record that is "
        "kept to the newest; it was never sent there, has another --prefix, or is older than the "
        "topic's retention"
    )


def _several(wanted: "Wanted", found: "dict[str, list[Asked]]") -> str:
    lines = [f"request {wanted.name!r} is {len(found)} requests; choose one of:"]
    for asked in found.values():
        one = asked[0].read.envelope
        chosen = f"--tenant {one.tenant} --source {one.source} --partition {one.record.partition}"
        lines.append(
            f"  {chosen}   (appended at {one.record.append_s:.3f}, {len(asked)} times sent)"
        )
    return "\n".join(lines)


def _table(story: "Story") -> None:
    from streams.trace.steps import steps

    rows = [
        {
            "s": f"{step.at_s - story.begun_s:+.3f}",
            "what": step.what,
            "attempt": step.attempt or "",
            "where": step.where,
            "detail": step.detail,
            "position": step.place,
        }
        for step in steps(story)
    ]
    emit(rows, "table", title=story.identity)
    if story.outcome is None:
        click.echo("no outcome yet")


def _json(story: "Story") -> None:
    import json

    import msgspec

    from streams.trace.steps import steps

    told = {
        "identity": story.identity,
        "appended_s": story.begun_s,
        "steps": [
            {"after_s": round(step.at_s - story.begun_s, 6), **msgspec.structs.asdict(step)}
            for step in steps(story)
        ],
        "decisions": [msgspec.to_builtins(decision) for decision, _ in story.decisions],
        "feedback": [msgspec.to_builtins(told) for told, _ in story.feedback],
        "outcome": msgspec.to_builtins(story.outcome),
    }
    click.echo(json.dumps(told, indent=2))
