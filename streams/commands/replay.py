"""``synergai replay``: a recording again, live or on a virtual clock."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.console import Output, output_option
from streams.commands.connection import bootstrap_option
from streams.commands.duration import DURATION

if TYPE_CHECKING:
    from streams.replay.publishing import Live
    from streams.replay.run import Run


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--simulate", is_flag=True, help="On a virtual clock, by the profiles of the stack.")
@click.option(
    "-f",
    "--file",
    "stack_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Start this stack and stop it afterwards; with --simulate its machines (else this one).",
)
@click.option(
    "--policy",
    metavar="NAME[:PARAMETER=VALUE,...]",
    help="With -f or --simulate; see synergai policy list.",
)
@click.option(
    "--speed", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True,
    help="So many times as fast as recorded; deadlines stay as long.",
)  # fmt: skip
@click.option("--max", "flat_out", is_flag=True, help="As fast as it goes, without the times.")
@click.option("--count", type=click.IntRange(1), help="The first so many requests.")
@click.option("--samples", is_flag=True, help="Send the models' samples for missing payloads.")
@click.option("--tenant", help="Send all to this one; otherwise each to its own.")
@click.option("--prefix", help="Of the topics; otherwise SYNERGAI_TOPIC_PREFIX.")
@click.option("--timeout", type=DURATION, help="Wait so long after the last one; else its expiry.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Of the draws of a simulation.")
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="For compare.")
@bootstrap_option
@output_option
def replay(
    *,
    file: Path,
    simulate: bool,
    stack_file: Path | None,
    policy: str | None,
    speed: float,
    flat_out: bool,
    count: int | None,
    samples: bool,
    tenant: str | None,
    prefix: str | None,
    timeout: float | None,
    seed: int,
    save: Path | None,
    bootstrap: str | None,
    output: Output,
) -> None:
    """Send a recording again, at its own times, and print how its requests ended.

    It goes to the running stack, to the one of -f, or with --simulate nowhere. Deadlines count from
    now, and nothing is taken for a repeat. It ends with the last outcome or when the last request
    has expired. Exit code 0: each has an outcome; 1: some have none; 2: wrong input.
    """
    import sys

    from streams.replay.figures import figures
    from streams.replay.run import save as write

    if simulate:
        from streams.replay.playing import simulated

        run = simulated(file, stack_file, policy, speed=speed, count=count, seed=seed)
    else:
        from streams.replay.publishing import Live

        how = Live(
            speed=None if flat_out else speed, count=count, samples=samples, tenant=tenant,
            prefix=prefix, timeout_s=timeout,
        )  # fmt: skip
        run = _live(file, stack_file, policy, bootstrap, how)
    if save:
        write(run, save)
    show(run, output)
    sys.exit(1 if figures(run)["missing"] else 0)


def _live(
    file: Path, stack_file: Path | None, policy: str | None, bootstrap: str | None, how: "Live"
) -> "Run":
    from rich.console import Console

    from streams.commands.connection import found_bootstrap, quiet
    from streams.replay.publishing import to_own, to_running

    if stack_file:
        return to_own(file, stack_file, policy, how, Console(stderr=True))
    if policy:
        said = "found without -f and --simulate, allowed: with one of them"
        raise click.UsageError(f"--policy: {said}; a running stack keeps the policy it has")
    quiet()
    return to_running(file, found_bootstrap(bootstrap), how)


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
