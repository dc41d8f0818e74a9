"""What a campaign found, as values and as a page."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Final

import msgspec

from streams.chaos.failover import WITHIN_S, Failover
from streams.chaos.repeats import Repeats
from streams.chaos.schema import Finding, Happened

_ALLOWED: Final = 0.02
"""Of requests whose computation may be repeated."""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """How a round ended."""

    name: str
    settled_s: float
    """From the end of the load to everybody well and the last outcome."""
    open: int
    """Requests without an outcome then."""
    audited: Mapping[str, int]
    """What the audit counted."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything, as JSON."""

    seed: int
    seconds: float
    rate: float
    requests: int
    garbled: int
    happened: tuple[Happened, ...]
    rounds: tuple[Round, ...]
    repeats: Repeats
    failover: Failover | None
    skews: Mapping[str, float]
    cores: int
    load: float
    """Of the machine, at the end; 1 is one core's work."""
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Nothing lost, nothing twice, nothing unexplained, little computed again."""
        return not self.findings and self.repeats.share <= _ALLOWED

    def kinds(self) -> dict[str, int]:
        """How many faults of each kind."""
        return dict(Counter(one.fault.kind for one in self.happened).most_common())


def page(report: Report) -> str:
    """The report in Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    repeats, last = report.repeats, report.rounds[-1].audited if report.rounds else {}
    yield "# Reliability: what a campaign of faults found"
    yield (
        f"Written by `make chaos` (seed {report.seed}, {report.seconds / 60:.0f} minutes, "
        f"{report.rate:g} requests a second, {report.cores} cores with a load of {report.load:.1f} "
        "at the end). Real processes over one real broker, each behind a proxy of its own."
    )
    yield ""
    yield "| what | found | allowed |"
    yield "|---|---|---|"
    yield f"| faults | {len(report.happened)} | |"
    yield f"| requests | {report.requests} and {report.garbled} that nobody can read | |"
    for kind, allowed in (("no-outcome", "0"), ("second-outcome", "0")):
        yield f"| {kind} | {_found(report.findings, kind)} | {allowed} |"
    known = {"no-outcome", "second-outcome"}
    yield f"| other findings | {sum(one.what not in known for one in report.findings)} | 0 |"
    yield f"| computed once too often | {len(repeats.repeats)} ({repeats.share:.2%}) | 2 % |"
    yield f"| attempts that never came to an end | {repeats.interrupted} | |"
    yield f"| records audited | {last.get('records', 0)} | |"
    yield ""
    yield from _failover(report.failover)
    yield from _table("Faults", ("kind", "times"), report.kinds())
    yield from _table("Why something was computed again", ("cause", "times"), repeats.causes())
    yield from _table("What went on then", ("latest fault", "times"), repeats.faults())
    yield "## Rounds"
    yield "| round | settled after (s) | without outcome |"
    yield "|---|---|---|"
    for one in report.rounds:
        yield f"| {one.name} | {one.settled_s:.1f} | {one.open} |"
    yield ""
    yield "Clocks that were off, in seconds: " + (
        ", ".join(f"{name} {off:+.1f}" for name, off in sorted(report.skews.items())) or "none"
    )
    for finding in report.findings:
        yield f"- **{finding.what}**: {finding.subject}: {finding.detail}"


def _found(findings: Sequence[Finding], kind: str) -> int:
    return sum(finding.what == kind for finding in findings)


def _failover(times: Failover | None) -> Iterator[str]:
    if times is None:
        return
    yield "## How long until work goes on"
    yield "| after | seconds of each trial | allowed |"
    yield "|---|---|---|"
    alone = "kill -9 of the only app, from its new start to a placement in every partition"
    other = "kill -9 of one of two apps, to a placement in every partition"
    broker = "kill -9 of the broker, from its open port to the first outcome"
    rows = (
        (alone, times.app_restarted_s, 5),
        (other, times.other_app_s, 8),
        (broker, times.broker_s, 3),
    )
    for what, found, allowed in rows:
        tried = ", ".join(map(_seconds, found)) or "not tried"
        yield f"| {what} | {tried} | {allowed} |"
    yield ""
    yield (
        "What else the machine does counts in these times; `python -m bench.failover` measures "
        "them by themselves and tells the load: [its figures](../../bench/results/failover.json)."
    )
    yield ""


def _seconds(found: float) -> str:
    return f"{found:.1f}" if isfinite(found) else f"none in {WITHIN_S:.0f}"


def _table(title: str, heads: tuple[str, str], rows: Mapping[str, int]) -> Iterator[str]:
    if not rows:
        return
    yield f"## {title}"
    yield f"| {heads[0]} | {heads[1]} |"
    yield "|---|---|"
    for name, count in rows.items():
        yield f"| {name} | {count} |"
    yield ""
