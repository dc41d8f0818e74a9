"""Figures of a run. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from streams.replay.run import Row, Run

KINDS: Final = ("met", "late", "expired", "rejected", "failed", "missing")
_LEVELS: Final = (50, 90, 99)


def figures(run: Run) -> dict[str, Any]:
    """All of them; a request is a violation unless it was met. Latencies in seconds."""
    rows = run.counted
    return {
        **_group(rows),
        "repeats": len(run.rows) - len(rows),
        "by_model": _grouped(rows, [row.model for row in rows]),
        "by_pool": _grouped(rows, [pool_of(row) for row in rows]),
    }


def kind(row: Row) -> str:
    """How it ended; ``missing``: no outcome was seen."""
    return row.ended.kind if row.ended else "missing"


def met(row: Row) -> bool:
    """Whether it was answered in time."""
    return kind(row) == "met"


def latency_s(row: Row) -> float | None:
    """Of an answered request."""
    answered = row.ended is not None and row.ended.kind in {"met", "late"}
    return row.ended.latency_s if answered and row.ended else None


def pool_of(row: Row) -> str:
    """Where it was computed last; ``none``: nowhere."""
    return (row.ended.pool if row.ended else "") or "none"


def ratio(rows: Sequence[Row]) -> float:
    """The share that was not met; of nothing 0."""
    return sum(not met(row) for row in rows) / len(rows) if rows else 0.0


def quantiles(values: Iterable[float | None]) -> dict[str, float | None]:
    """p50, p90 and p99 of what is there; None where nothing is."""
    known = np.array([value for value in values if value is not None], np.float64)
    return {
        f"p{level}": round(float(np.percentile(known, level)), 6) if known.size else None
        for level in _LEVELS
    }


def _group(rows: Sequence[Row]) -> dict[str, Any]:
    kinds = [kind(row) for row in rows]
    return {
        "requests": len(rows),
        **{name: kinds.count(name) for name in KINDS},
        "violation_ratio": round(ratio(rows), 6),
        "latency_s": quantiles(map(latency_s, rows)),
    }


def _grouped(rows: Sequence[Row], names: Sequence[str]) -> Mapping[str, Any]:
    groups: dict[str, list[Row]] = {}
    for row, name in zip(rows, names, strict=True):
        groups.setdefault(name, []).append(row)
    return {name: _group(groups[name]) for name in sorted(groups)}
