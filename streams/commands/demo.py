"""``synergai demo``: a minute of a real arrival trace on three architectures."""

import json
import sys
from pathlib import Path

import click

from functions.console import Output, output_option


@click.command()
@click.option(
    "--seconds",
    type=click.FloatRange(1, 60),
    default=60,
    show_default=True,
    help="How much of the minute is replayed.",
)
@click.option(
    "--policy",
    metavar="NAME[:PARAMETER=VALUE,...]",
    help="How requests are placed; otherwise SYNERGAI_POLICY.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("build/demo/report.json"),
    show_default=True,
    help="Where the report goes; logs lie beside it.",
)
@click.option("--keep", is_flag=True, help="Keep the broker's data beside the report.")
@output_option
def demo(seconds: float, policy: str | None, report: Path, keep: bool, output: Output) -> None:
    """Replay a minute of real traffic on three architectures, all emulated on this machine.

    It starts a Kafka of its own and stops everything at the end. Exit code 0: every request has
    exactly one outcome; 1: one is lost or repeated.
    """
    from rich.console import Console

    from streams.demo.run import run
    from streams.demo.summary import summary
    from streams.settings import from_environment
    from streams.stack.signals import StopAskedError, stoppable

    folder = report.resolve().parent
    settings = from_environment(policy=policy, data=folder / "data", kafka_bootstrap="")
    console = Console(stderr=output == "json")
    try:
        with stoppable(lambda: click.echo("stopping", err=True)):
            made = run(settings, folder, seconds, console, keep=keep)
    except StopAskedError:
        click.echo("stopped before the end: no report", err=True)
        sys.exit(1)
    report.write_text(json.dumps(made, indent=2) + "\n")
    if output == "json":
        click.echo(json.dumps(made, indent=2))
    else:
        console.print(summary(made))
        click.echo(f"report: {report}; logs: {folder / 'logs'}")
        recorded = report.parent / made["recorded"]
        click.echo(f"again: synergai simulate {recorded} --policies {made['policy']}")
    sys.exit(1 if made["lost"] or made["repeated"] else 0)
