"""Two runs side by side, paired by request. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from streams.errors import StreamsError
from streams.replay.figures import KINDS, kind, latency_s, met, pool_of, quantiles, ratio
from streams.replay.paired import interval, mcnemar
from streams.replay.run import Row, Run

Pair = tuple[Row, Row]


def compare(first: Run, second: Run) -> dict[str, Any]:
    """Everything, over the requests that both have; differences are second less first.

    ``points``: percentage points of the ratio of violations.

    Raises:
        StreamsError: no request is in both.
    """
    pairs = paired(first, second)
    worse = [b.name for a, b in pairs if met(a) and not met(b)]
    better = [b.name for a, b in pairs if met(b) and not met(a)]
    low, high = interval([100.0 * (met(a) - met(b)) for a, b in pairs])
    return {
        "requests": len(pairs),
        "only_first": len(first.counted) - len(pairs),
        "only_second": len(second.counted) - len(pairs),
        **_sides(pairs),
        "points": round(100.0 * (len(worse) - len(better)) / len(pairs), 4),
        "points_interval": [round(low, 4), round(high, 4)],
        "mcnemar_p": round(mcnemar(len(worse), len(better)), 6),
        "latency_change_s": _latency_change(pairs),
        "by_model": _grouped(pairs, lambda row: row.model),
        "by_pool": _by_pool(pairs),
        "no_longer_met": worse,
        "now_met": better,
    }


def paired(first: Run, second: Run) -> list[Pair]:
    """The requests of both runs, in the order of the first.

    Raises:
        StreamsError: there is none.
    """
    there = {row.name: row for row in second.counted}
    pairs = [(row, there[row.name]) for row in first.counted if row.name in there]
    if not pairs:
        names = f"{first.recording} and {second.recording}"
        raise StreamsError(
            f"{names}: found no request that is in both, allowed: runs of the same recording"
        )
    return sorted(pairs, key=lambda pair: pair[0].at_s)


def _sides(pairs: Sequence[Pair]) -> dict[str, Any]:
    sides = zip(*pairs, strict=True)
    return {name: _side(rows) for name, rows in zip(("first", "second"), sides, strict=True)}


def _side(rows: Sequence[Row]) -> dict[str, Any]:
    kinds = [kind(row) for row in rows]
    return {
        "violation_ratio": round(ratio(rows), 6),
        "latency_s": quantiles(map(latency_s, rows)),
        "outcomes": {name: kinds.count(name) for name in KINDS if name in kinds},
    }


def _grouped(pairs: Sequence[Pair], key: Callable[[Row], str]) -> Mapping[str, Any]:
    names = sorted({key(a) for a, _ in pairs})
    groups = {name: [pair for pair in pairs if key(pair[0]) == name] for name in names}
    return {name: {"requests": len(own), **_sides(own)} for name, own in groups.items()}


def _by_pool(pairs: Sequence[Pair]) -> Mapping[str, Any]:
    """Where requests went in each run; a pool has other requests in one than in the other."""
    names = sorted({pool_of(row) for pair in pairs for row in pair})
    return {
        name: {
            side: {"requests": len(own), **_side(own)}
            for side, own in (
                ("first", [a for a, _ in pairs if pool_of(a) == name]),
                ("second", [b for _, b in pairs if pool_of(b) == name]),
            )
        }
        for name in names
    }


def _latency_change(pairs: Sequence[Pair]) -> dict[str, float | None]:
    """Of requests that both answered."""
    changes = [
        there - here
        for here, there in ((latency_s(a), latency_s(b)) for a, b in pairs)
        if here is not None and there is not None
    ]
    found = quantiles(changes)
    mean_s = round(float(np.mean(changes)), 6) if changes else None
    return {"answered_by_both": len(changes), "mean": mean_s, "p50": found["p50"]}
