"""``synergai replay``: a recording again, on a virtual clock."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.console import Output, output_option

if TYPE_CHECKING:
    from streams.replay.run import Run


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--simulate", is_flag=True, help="On a virtual clock, with profiles of the stack.")
@click.option(
    "-f",
    "--file",
    "stack_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Stack file; without one: the catalogue's models on this machine.",
)
@click.option("--policy", metavar="NAME[:PARAMETER=VALUE,...]", help="See synergai policy list.")
@click.option(
    "--speed",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="So many times as fast as recorded; deadlines stay as long.",
)
@click.option("--count", type=click.IntRange(1), help="The first so many requests.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Of the policy's draws.")
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="For compare.")
@output_option
def replay(
    *,
    file: Path,
    simulate: bool,
    stack_file: Path | None,
    policy: str | None,
    speed: float,
    count: int | None,
    seed: int,
    save: Path | None,
    output: Output,
) -> None:
    """Play a recording and print how its requests ended.

    Exit code 0: each has an outcome; 1: some have none; 2: wrong input.
    """
    from streams.replay.playing import simulated
    from streams.replay.run import save as write

    if not simulate:
        raise click.UsageError("--simulate: found nothing, allowed: --simulate")
    run = simulated(file, stack_file, policy, speed=speed, count=count, seed=seed)
    if save:
        write(run, save)
    show(run, output)


def show(run: "Run", output: Output) -> None:
    """Print a run's figures."""
    import json

    from functions.console import emit
    from streams.replay import told
    from streams.replay.figures import figures

    if output == "json":
        click.echo(json.dumps(told.as_json(run), indent=2))
        return
    found = figures(run)
    click.echo(told.headline(run, found))
    for rows in told.tables(found).values():
        emit(rows, output)
    for note in told.notes(run):
        click.echo(note)
