"""``synergai k8s status``: the pools of a deployment as the cluster has them."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from k8s.commands.options import cluster_options, file_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from k8s.applying.status import PoolRow


@click.command()
@file_option
@cluster_options
@click.option(
    "--output", type=click.Choice(["table", "json"]), default="table", show_default=True,
    help="A table for people or JSON for programs.",
)  # fmt: skip
def status(
    path: Path, kubeconfig: Path | None, context: str | None, output: Literal["table", "json"]
) -> None:
    """Show pools with revisions, nodes, scale and credit.

    Exit code 0: all are ready or leave; 1: some are not.
    """
    import asyncio

    import msgspec

    from k8s.applying.flow import looked
    from k8s.deployment import load

    rows = asyncio.run(looked(load(path), kubeconfig, context))
    if output == "json":
        click.echo(json.dumps(msgspec.to_builtins(rows), indent=2))
    else:
        _table(rows)
    good = {"ready", "draining", "empty", "superseded"}
    sys.exit(0 if rows and all(row.state in good for row in rows) else 1)


def _table(rows: "Sequence[PoolRow]") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    for name in ("pool", "state", "revision", "scale", "least", "credit", "cold start", "nodes"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(value)) for value in _cells(row)))
    Console(soft_wrap=False).print(table)


def _cells(row: "PoolRow") -> "Sequence[Any]":
    starting = f" (+{row.starting} starting)" if row.starting else ""
    room = "?" if row.room is None else row.room
    return (
        row.pool if row.generation == 1 else f"{row.pool} g{row.generation}",
        row.state,
        row.revision or "none",
        f"{row.ready} of {room}{starting}",
        f"{row.least} {row.reason}".strip(),
        "?" if row.credit is None else row.credit,
        f"{row.cold_start_s:.3g} s",
        ", ".join(row.nodes),
    )
