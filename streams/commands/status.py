"""``synergai status``: pools, instances, what runs and queues, recent outcomes."""

import time
from typing import TYPE_CHECKING, Final

import click

from functions.console import Output, emit, output_option
from streams.commands.connection import bootstrap_option, found_bootstrap, quiet, tenant_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.table import Table

    from streams.client.overview import Overview
    from streams.client.tail import Tail

_LAST: Final = {"outcomes": 500, "capacity": 2000, "pools": 2000}
_EVERY_S: Final = 1.0


@click.command()
@click.option("--watch", is_flag=True, help="Show it again every second, until Ctrl-C.")
@tenant_options
@bootstrap_option
@output_option
def status(
    watch: bool, tenant: str, prefix: str | None, bootstrap: str | None, output: Output
) -> None:
    """Show pools with their instances, and how the last requests ended (500 per partition)."""
    from streams.client.tail import Tail
    from streams.settings import from_environment
    from streams.topics import Topics

    quiet()
    settings = from_environment(topic_prefix=prefix)
    topics = Topics(settings)
    names = {
        "outcomes": topics.tenant(tenant, "outcomes"),
        "capacity": topics.system("capacity"),
        "pools": topics.system("pools"),
    }
    tail = Tail(found_bootstrap(bootstrap), {names[name]: count for name, count in _LAST.items()})
    try:
        if watch and output == "table":
            _watch(lambda: _now(tail, names, settings.silent_after_s))
        else:
            overview = _now(tail, names, settings.silent_after_s)
            emit(_rows(overview) if output == "json" else _short(overview), output)
    finally:
        tail.close()


def _now(tail: "Tail", names: dict[str, str], silent_after_s: float) -> "Overview":
    from streams.client.overview import brokers_now_s, overview

    records = tail.read()
    by_topic = {
        name: [record for record in records if record.topic == topic]
        for name, topic in names.items()
    }
    return overview(
        by_topic["pools"],
        by_topic["capacity"],
        by_topic["outcomes"],
        now_s=brokers_now_s(records, time.time()),
        silent_after_s=silent_after_s,
    )


def _rows(overview: "Overview") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "pool": row.pool,
            "architecture": row.architecture,
            "emulated": row.emulated,
            "configuration": row.configuration,
            "state": row.state,
            "instances": row.instances,
            "slots": row.slots,
            "running": row.running,
            "queued": row.queued,
            **row.outcomes,
        }
        for row in overview.pools
    ]
    if overview.nowhere:
        blank = dict.fromkeys(rows[0], "") if rows else {"pool": ""}
        rows.append({**blank, "pool": "(none)", **overview.nowhere})
    return rows


def _short(overview: "Overview") -> list[dict[str, object]]:
    """The same for a terminal of 80 columns."""
    rows: list[dict[str, object]] = [
        {
            "pool": row.pool,
            "architecture": row.architecture + (" (emulated)" if row.emulated else ""),
            "instances": row.state,
            "slots": row.slots,
            "running": row.running,
            "queued": row.queued,
            "last outcomes": _counted(row.outcomes),
        }
        for row in overview.pools
    ]
    if overview.nowhere:
        blank = dict.fromkeys(rows[0], "") if rows else {"pool": ""}
        rows.append({**blank, "pool": "(none)", "last outcomes": _counted(overview.nowhere)})
    return rows


def _counted(outcomes: "Mapping[str, int]") -> str:
    return ", ".join(f"{count} {kind}" for kind, count in outcomes.items() if count)


def _watch(read: "Callable[[], Overview]", every_s: float = _EVERY_S) -> None:
    from rich.live import Live

    with Live(_table(_short(read())), screen=False, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(every_s)
                live.update(_table(_short(read())), refresh=True)
        except KeyboardInterrupt:
            return


def _table(rows: list[dict[str, object]]) -> "Table":
    from rich.table import Table

    table = Table(title=time.strftime("%H:%M:%S"), title_justify="left")
    for column in rows[0] if rows else ["no pools yet"]:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    return table
