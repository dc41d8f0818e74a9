"""What a run came to, from its outcomes alone. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from streams.demo.workload import Shot
from streams.schema import Outcome

_STEPS = ("total", "pending", "hop", "queue", "service")
_LEVELS = (0.5, 0.9, 0.99)


def report(
    shots: Sequence[Shot], outcomes: Sequence[Outcome], about: Mapping[str, Any]
) -> dict[str, Any]:
    """Requests, outcomes, latencies in seconds; ``lost`` and ``repeated`` must be 0."""
    by_id = Counter(outcome.request_id for outcome in outcomes)
    sent = {shot.request_id for shot in shots}
    ours = [outcome for outcome in outcomes if outcome.request_id in sent]
    return {
        **about,
        "requests": len(shots),
        "outcomes": _kinds(ours),
        "violation_ratio": _violated(shots, ours),
        "lost": len(sent - set(by_id)),
        "repeated": sum(by_id[name] - 1 for name in sent if by_id[name]),
        "computed_again": sum(outcome.repeated_compute for outcome in ours),
        "latency_s": _latencies(ours),
        "predicted_against_actual": _prediction(ours),
        "by_model": _grouped(ours, lambda outcome: outcome.model),
        "by_architecture": _grouped(ours, lambda outcome: outcome.architecture or "none"),
        "reasons": dict(Counter(o.reason for o in ours if o.kind != "met").most_common()),
        "emulated": emulated(ours),
    }


def emulated(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Outcomes by emulated architecture: figures of machines that are not here."""
    return dict(sorted(Counter(o.architecture for o in outcomes if o.emulated).items()))


def _kinds(outcomes: Iterable[Outcome]) -> dict[str, int]:
    counts = Counter(outcome.kind for outcome in outcomes)
    return {kind: counts[kind] for kind in ("met", "late", "expired", "rejected", "failed")}


def _violated(shots: Sequence[Shot], outcomes: Iterable[Outcome]) -> float:
    """The share of the requests that was not answered in time, for whatever reason."""
    met = {outcome.request_id for outcome in outcomes if outcome.kind == "met"}
    return round(1 - len(met) / len(shots), 6) if shots else 0.0


def _answered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.kind in {"met", "late"}]


def _latencies(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    answered = _answered(outcomes)
    return {
        step: quantiles([getattr(o.breakdown, f"{step}_s") for o in answered]) for step in _STEPS
    }


def _prediction(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    pairs = [
        (outcome.predicted_s, outcome.breakdown.total_s - outcome.breakdown.pending_s)
        for outcome in _answered(outcomes)
        if outcome.predicted_s is not None
    ]
    return {
        "what": "seconds from placement to answer",
        "predicted_s": quantiles([predicted for predicted, _ in pairs]),
        "actual_s": quantiles([actual for _, actual in pairs]),
        "absolute_error_s": quantiles([abs(actual - predicted) for predicted, actual in pairs]),
    }


def _grouped(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Any]:
    groups = sorted({key(outcome) for outcome in outcomes})
    return {group: _group([o for o in outcomes if key(o) == group]) for group in groups}


def _group(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    latency = _latencies(outcomes)
    return {
        "requests": len(outcomes),
        "outcomes": _kinds(outcomes),
        "total_s": latency["total"],
        "service_s": latency["service"],
        "emulated": any(outcome.emulated for outcome in outcomes),
    }


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p90 and p99; empty for no values."""
    if not values:
        return {}
    levels = np.quantile(np.asarray(values), _LEVELS)
    return {
        f"p{level * 100:g}": round(float(v), 6) for level, v in zip(_LEVELS, levels, strict=True)
    }
