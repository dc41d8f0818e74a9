"""Figures of a run: what `synergai simulate` prints of one policy on one scenario."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from scheduler.simulator.run import Floats, Run
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload

MIDDLE = 0.8
"""The share of the requests, by order of arrival, that is neither start nor end of a run."""


def violated(workload: Workload, run: Run) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which requests were not answered by their deadline; never answered is one of them."""
    late: np.ndarray[tuple[int], np.dtype[np.bool_]] = run.end_s > workload.deadline_s
    return late


def summary(
    scenario: Scenario,
    workload: Workload,
    run: Run,
    *,
    decisions_us: Sequence[float] = (),
    tuning_cpu_s: float = 0.0,
) -> dict[str, Any]:
    """All figures; nothing is excluded, and what was never answered counts as until the end.

    The middle 80 % are by order of arrival. Excess is past the deadline, the mean over all
    requests. Goodput is what was in time, per second from the first arrival to the end of the run.
    Without measured decisions their quantiles are None.
    """
    late, count = violated(workload, run), int(run.end_s.size)
    edge = round(count * (1 - MIDDLE) / 2)
    middle = late[edge : count - edge]
    ends = np.where(np.isfinite(run.end_s), run.end_s, run.last_s)
    return {
        "requests": count,
        "violations": int(late.sum()),
        "violation_ratio": _mean(late),
        "violation_ratio_middle80": _mean(middle),
        "excess_s_mean": _mean(np.maximum(0.0, ends - workload.deadline_s)),
        "goodput_rps": _goodput(workload, run, int(count - late.sum())),
        "latency_s": _quantiles(ends - workload.arrival_s, (50, 90, 99)),
        "worst_model": _worst(workload, late),
        "energy_j": run.energy_j,
        "decision_us": _quantiles(np.array(decisions_us, np.float64), (50, 99)),
        "tuning_cpu_s": tuning_cpu_s,
        **({"overplaced": run.overplaced} if scenario.workers > 1 else {}),
    }


def _mean(values: np.ndarray[Any, Any]) -> float:
    return float(values.mean()) if values.size else 0.0


def _goodput(workload: Workload, run: Run, met: int) -> float:
    span_s = run.last_s - float(workload.arrival_s[0]) if met else 0.0
    return met / span_s if span_s > 0 else 0.0


def _quantiles(values: Floats, wanted: Sequence[int]) -> dict[str, float | None]:
    """By linear interpolation between the ordered values."""
    found = [float(np.percentile(values, q)) if values.size else None for q in wanted]
    return {f"p{q}": value for q, value in zip(wanted, found, strict=True)}


def _worst(workload: Workload, late: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The model with the highest share of violations; of equals the first."""
    ratios = [
        (float(late[workload.model == index].mean()), -index)
        for index in np.unique(workload.model).tolist()
    ]
    if not ratios:
        return {"model": None, "violation_ratio": 0.0}
    ratio, index = max(ratios)
    return {"model": workload.models[-index], "violation_ratio": ratio}
