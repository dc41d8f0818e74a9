"""``synergai audit``: whether every request has exactly one outcome."""

import sys
from typing import TYPE_CHECKING

import click

from functions.console import Output, emit, output_option
from streams.commands.connection import bootstrap_option, reached
from streams.commands.duration import DURATION

if TYPE_CHECKING:
    from streams.audit.schema import Report


@click.command()
@click.option("--since", type=DURATION, help="Only requests of the last so many, e.g. 10min.")
@click.option("--wait", type=DURATION, help="Wait so long for requests that are still open.")
@click.option(
    "--settle",
    type=DURATION,
    default="10s",
    show_default=True,
    help="A request may have no outcome for so long after its expiry.",
)
@click.option("--prefix", help="Of the topics; otherwise SYNERGAI_TOPIC_PREFIX.")
@bootstrap_option
@output_option
def audit(
    since: float | None,
    wait: float | None,
    settle: float,
    prefix: str | None,
    bootstrap: str | None,
    output: Output,
) -> None:
    """Prove from the topics that no request was lost and none has two outcomes.

    Exit code 0: nothing found; 1: findings; 2: wrong use, or no broker. Requests that may still get
    their outcome are open and no finding. The settings must be those of the app.
    """
    import time

    from streams import bytecode

    bytecode.keep()  # before the rest is imported

    from streams.audit import run
    from streams.errors import BrokerError
    from streams.settings import from_environment

    settings = from_environment(topic_prefix=prefix)
    since_s = None if since is None else time.time() - since
    try:
        report = run(
            reached(bootstrap), settings, since_s=since_s, wait_s=wait or 0.0, settle_s=settle
        )
    except BrokerError as error:
        failure = click.ClickException(str(error))
        failure.exit_code = 2
        raise failure from None
    _json(report) if output == "json" else _table(report)
    sys.exit(0 if report.clean else 1)


def _json(report: "Report") -> None:
    import json

    import msgspec

    shown = {
        "clean": report.clean,
        "open": report.open,
        "records": report.records,
        "seconds": round(report.seconds, 3),
        "records_per_s": round(report.records_per_s),
        "repeated_share": report.repeated_share,
        "counts": report.counts,
        "found": report.found,
        "findings": msgspec.to_builtins(report.findings),
        "notes": msgspec.to_builtins(report.notes),
    }
    click.echo(json.dumps(shown, indent=2))


def _table(report: "Report") -> None:
    emit([{"what": _WORDS.get(k, k), "count": n} for k, n in report.counts.items() if n], "table")
    if report.notes:
        emit(
            [_row(one.kind, one.identity, str(one.place), one.what) for one in report.notes],
            "table",
        )
    if report.findings:
        rows = [
            _row(one.kind, one.identity, str(one.place), one.found) | {"expected": one.expected}
            for one in report.findings
        ]
        emit(rows, "table", title="Findings")
    click.echo(_verdict(report))


def _row(kind: str, identity: str, place: str, found: str) -> dict[str, object]:
    return {"kind": kind, "request": identity, "place": place, "found": found}


def _verdict(report: "Report") -> str:
    read = f"{report.records} records in {report.seconds:.1f} s"
    still = f"; {report.open} still open" if report.open else ""
    if report.clean:
        return f"clean: every request has exactly one outcome{still} ({read})"
    kinds = ", ".join(f"{count} {kind}" for kind, count in report.found.items())
    return f"found: {kinds}{still} ({read})"


_WORDS = {
    "repeats": "repeats by producers",
    "placements_told_twice": "placements whose decision stands twice",
    "placements_untold": "answered placements without a decision (a worker died between the two)",
    "computed_again": "requests computed more than once",
    "replies": "answers by the app",
    "leases_open": "leases not over yet",
    "open": "requests still open",
    "fresh": "outcomes that came during the audit",
    "before_window": "effects of requests before the window",
    "results_elsewhere": "results on topics that are not read",
    "in_two_partitions": "ids sent to two partitions: two requests each",
    "asked_again_later": "ids sent again after the dedupe horizon",
}
