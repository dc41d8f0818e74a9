"""How commands speak: a table for people, JSON lines of the same rows for programs."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Output = Literal["table", "json"]


def output_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--output table|json``."""
    return click.option(
        "--output",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="A table for people or JSON for programs.",
    )(command)


def emit(rows: Sequence[Mapping[str, object]], output: Output, title: str = "") -> None:
    """Print ``rows`` (same keys in each) on standard output."""
    if output == "json":
        click.echo(json.dumps(list(rows), indent=2, default=str))
        return
    table = Table(title=title or None, title_justify="left")
    for column in rows[0] if rows else ["nothing"]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(_cell(value)) for value in row.values()))
    Console(soft_wrap=False).print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)
