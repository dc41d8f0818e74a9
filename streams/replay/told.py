"""Figures of a run as a person reads them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from streams.replay.figures import KINDS, figures
from streams.replay.run import Run


def headline(run: Run, found: Mapping[str, Any]) -> str:
    """One sentence: requests, how they ended, the share that was not met."""
    kinds = ", ".join(f"{found[kind]} {kind}" for kind in KINDS if found[kind])
    repeats = f" and {found['repeats']} repeats" if found["repeats"] else ""
    share = f"violations {found['violation_ratio']:.2%}"
    times = ", ".join(f"{level} {_ms(s)} ms" for level, s in found["latency_s"].items())
    head = f"{run.recording}: {found['requests']} requests{repeats}"
    return f"{head}: {kinds or 'none'}; {share}; latency {times}"


def tables(found: Mapping[str, Any]) -> dict[str, list[dict[str, object]]]:
    """Rows by model and by pool."""
    return {name: _rows(name, found[f"by_{name}"]) for name in ("model", "pool")}


def notes(run: Run) -> Iterator[str]:
    """How true the times of sending were, and what else must be known."""
    sent = run.sending
    if sent is not None:
        asked = "as fast as it goes" if sent.speed is None else f"at speed {sent.speed:g}"
        behind = f"p50 {_ms(sent.behind_p50_s)} ms, p99 {_ms(sent.behind_p99_s)} ms"
        most = f"at most {_ms(sent.behind_max_s)} ms"
        yield f"sent {asked} in {sent.took_s:.1f} s; behind its times {behind}, {most}"
    yield from run.notes


def as_json(run: Run) -> dict[str, Any]:
    """Everything but the single requests."""
    sent = run.sending
    return {
        "recording": run.recording,
        "source": run.source,
        "policy": run.policy,
        "stack": run.stack,
        **figures(run),
        "sending": {field: getattr(sent, field) for field in sent.__struct_fields__}
        if sent
        else None,
        "notes": list(run.notes),
    }


def _rows(name: str, groups: Mapping[str, Any]) -> list[dict[str, object]]:
    return [
        {
            name: group or "(none)",
            "requests": row["requests"],
            "met": row["met"],
            "late": row["late"],
            "other": row["requests"] - row["met"] - row["late"],
            "not met": f"{row['violation_ratio']:.2%}",
            **{f"{level} ms": _ms(row["latency_s"][level]) for level in ("p50", "p99")},
        }
        for group, row in groups.items()
    ]


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1e3:.1f}"
