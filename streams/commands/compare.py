"""``synergai compare``: two runs of the same requests, side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from functions.console import Output, output_option


@click.command()
@click.argument("first", type=click.Path(path_type=Path, dir_okay=False), metavar="RUN_A")
@click.argument("second", type=click.Path(path_type=Path, dir_okay=False), metavar="RUN_B")
@click.option(
    "--fail-if-worse",
    "most",
    type=click.FloatRange(0),
    metavar="POINTS",
    help="Exit code 1 if B has more violations than A by more percentage points than this.",
)
@output_option
def compare(first: Path, second: Path, most: float | None, output: Output) -> None:
    """Compare two runs that replay --save wrote, or recordings with outcomes, request by request.

    Differences are B less A. Exit code 0: compared; 1: worse than allowed; 2: wrong input.
    """
    import json
    import sys

    from streams.replay.comparison import compare as compared
    from streams.replay.run import load

    found = compared(load(first), load(second))
    if output == "json":
        click.echo(json.dumps({"a": str(first), "b": str(second), **found}, indent=2))
    else:
        _show(found, first, second)
    worse = most is not None and found["points"] > most
    if worse:
        said = f"B has {found['points']:+.2f} points more violations, allowed: at most {most:g}"
        click.echo(said, err=True)
    sys.exit(1 if worse else 0)


def _show(found: Mapping[str, Any], first: Path, second: Path) -> None:
    from functions.console import emit
    from streams.replay import compared

    click.echo(f"A: {first}\nB: {second}")
    for rows in compared.tables(found):
        emit(rows, "table")
    for line in compared.lines(found):
        click.echo(line)
