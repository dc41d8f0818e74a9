"""A report as a person reads it. Pure: from the report's values to tables."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_KINDS: Final = ("met", "late", "expired", "rejected", "failed")
_OTHERS: Final = 0.2
"""Of all cores; more than that was not ours."""
_STEPS: Final = {
    "total": "from append to feedback",
    "pending": "waited in the app for the decision",
    "hop": "Kafka, event source, feedback",
    "queue": "waited in the function",
    "service": "computed (and paced where emulated)",
}


def summary(report: Mapping[str, Any]) -> RenderableType:
    """Outcomes, steps, predictions, groups, and what was emulated."""
    return Group(
        Text(headline(report), style="bold"),
        _steps(report["latency_s"]),
        Text(_prediction(report["predicted_against_actual"])),
        _groups("model", report["by_model"]),
        _groups("architecture", report["by_architecture"]),
        *(Text(line) for line in _footnotes(report)),
    )


def headline(report: Mapping[str, Any]) -> str:
    """One sentence: requests, how they ended, lost and repeated."""
    kinds = ", ".join(f"{report['outcomes'][k]} {k}" for k in _KINDS if report["outcomes"][k])
    return (
        f"{report['requests']} requests: {kinds or 'no outcome'}; "
        f"lost {report['lost']}, repeated {report['repeated']}"
    )


def _steps(latency: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("step", "p50 ms", "p90 ms", "p99 ms", "what"):
        table.add_column(column, justify="right" if column.endswith("ms") else "left")
    for step, what in _STEPS.items():
        table.add_row(
            step, *(_ms(latency[step].get(level)) for level in ("p50", "p90", "p99")), what
        )
    return table


def _prediction(found: Mapping[str, Any]) -> str:
    """From placement to answer."""
    predicted, actual = found["predicted_s"].get("p50"), found["actual_s"].get("p50")
    error = found["absolute_error_s"]
    return (
        f"placement to answer, p50: predicted {_ms(predicted)} ms, actual {_ms(actual)} ms; "
        f"error p50 {_ms(error.get('p50'))} ms, p90 {_ms(error.get('p90'))} ms"
    )


def _groups(name: str, groups: Mapping[str, Mapping[str, Any]]) -> Table:
    kinds = [kind for kind in _KINDS if any(row["outcomes"][kind] for row in groups.values())]
    table = Table(box=None, pad_edge=False)
    table.add_column(name, no_wrap=True)
    for column in ("requests", *kinds, "p50 ms", "p99 ms"):
        table.add_column(column, justify="right")
    for group, row in groups.items():
        label = f"{group} (emulated)" if name == "architecture" and row["emulated"] else group
        times = (_ms(row["total_s"].get(level)) for level in ("p50", "p99"))
        counts = (str(row["outcomes"][kind]) for kind in kinds)
        table.add_row(label, str(row["requests"]), *counts, *times)
    return table


def _footnotes(report: Mapping[str, Any]) -> Iterator[str]:
    behind = report["sending"]["behind_s"]
    late = f"p99 {_ms(behind.get('p99'))} ms, at most {_ms(behind['max'])} ms"
    yield f"sent behind the trace's times: {late}"
    busy = report["cores_busy"]
    if busy.get("p50") is not None:
        everything = f"with everything here p50 {busy['p50']:.0%}, p90 {busy['p90']:.0%}"
        yield f"cores busy: with the demo {busy['demo']:.0%}, {everything}"
        if busy["p50"] - busy["demo"] > _OTHERS:
            yield "the machine had other work to do: times are worse than on an idle one"
    yield f"memory of the stack, at most: {report['memory_bytes']['most'] / 2**20:.0f} MiB"
    if report["reasons"]:
        yield "not met: " + ", ".join(f"{n} {reason}" for reason, n in report["reasons"].items())
    if report["emulated"]:
        yield f"emulated: {', '.join(report['emulated'])}: {report['emulation']['what']}"
    yield from (f"incident: {said}" for said in report["incidents"])


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1e3:.1f}"
