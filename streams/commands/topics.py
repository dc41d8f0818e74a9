"""``synergai topics``: the table of topics, beside what the broker has."""

import sys
from typing import TYPE_CHECKING

import click

from functions.console import Output, emit, output_option
from streams.commands.connection import bootstrap_option, reached

if TYPE_CHECKING:
    from streams.topics import Topic


@click.group()
def topics() -> None:
    """List, create or check the topics."""


@topics.command("list")
@output_option
def list_topics(output: Output) -> None:
    """Show the topics that the settings ask for; needs no broker."""
    emit([_row(row) for row in _table()], output)


@topics.command()
@click.option(
    "--pool-topic", "pools", multiple=True, metavar="TOPIC",
    help="Of a pool, beside the table; may be repeated.",
)  # fmt: skip
@click.option(
    "--copies", type=click.IntRange(1, 15),
    help="Of each partition; otherwise three, or as many as there are brokers.",
)  # fmt: skip
@bootstrap_option
@output_option
def create(
    pools: tuple[str, ...], copies: int | None, bootstrap: str | None, output: Output
) -> None:
    """Create the topics that are missing."""
    import asyncio

    from streams.worker.admin import create_topics

    table = _table(pools)
    created = asyncio.run(create_topics(reached(bootstrap), table, copies=copies))
    emit([_row(row) | {"created": row.name in created} for row in table], output)


@topics.command()
@bootstrap_option
@output_option
def check(bootstrap: str | None, output: Output) -> None:
    """Compare the broker's topics with the table. Exit code 0: as they should be; 1: not."""
    import asyncio

    from streams.worker.admin import present_topics

    present = asyncio.run(present_topics(reached(bootstrap)))
    rows = [_row(row) | {"found": present.get(row.name, "missing")} for row in _table()]
    emit(rows, output)
    sys.exit(0 if all(row["found"] == row["partitions"] for row in rows) else 1)


def _table(pools: tuple[str, ...] = ()) -> "tuple[Topic, ...]":
    from streams.settings import from_environment
    from streams.topics import Topics

    topics = Topics(from_environment())
    return (*topics.table(), *(topics.pool_row(pool) for pool in pools))


def _row(row: "Topic") -> dict[str, object]:
    return {
        "topic": row.name,
        "partitions": row.partitions,
        "retention": "compacted" if row.compacted else f"{row.retention_s:g} s",
        "max_bytes": row.max_bytes,
    }
