"""results.json: everything that the report and the plots show."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from math import isfinite
from typing import Any

import msgspec

from bench.evaluation import measures, outcome, playing, runner, speed, variants
from bench.evaluation.cells import Cell
from bench.evaluation.figures import Figure, figures
from bench.evaluation.runner import Record
from bench.evaluation.statistics import FLOOR
from bench.machine import processor

PACKAGES = ("numpy", "numba", "scipy", "synergai")
DIGITS = 5
"""Of every number; more say nothing."""


def collect(
    cells: Sequence[Cell],
    records: Sequence[Record],
    timed: Sequence[Mapping[str, Any]],
    *,
    grid: str,
    seeds: int,
    drift_seeds: int,
) -> dict[str, Any]:
    """Everything as plain values; what was not run is not there."""
    seen = outcome.seen(cells, records)
    found = {
        "made": _made(grid, seeds, drift_seeds, len(records)),
        "rules": {
            "floor": FLOOR,
            "hard": measures.HARD,
            "least_excess": measures.LEAST_EXCESS,
            "tuned_after": playing.TUNED_AFTER,
            "bracket_seeds": runner.BRACKET_SEEDS,
            "speed_rounds": speed.ROUNDS,
        },
        "figures": [_figure(figure) for figure in figures(seen, timed)],
        "cells": [outcome.told(one) for one in seen],
        "decisions": list(timed),
        "plots": [],
    }
    rounded: dict[str, Any] = _rounded(found)
    return rounded


def timed(policies: Sequence[str] | None) -> list[dict[str, Any]]:
    """The times of decisions, of those that are named or judged."""
    wanted = speed.judged() if policies is None else list(policies)
    return speed.measure([name for name in wanted if name != variants.BRACKET])


def _figure(figure: Figure) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(figure)
    return fields | {"met": figure.met}


def _made(grid: str, seeds: int, drift_seeds: int, runs: int) -> dict[str, Any]:
    return {
        "grid": grid,
        "command": "evaluate-full" if grid == "full" else "evaluate",
        "seeds": seeds,
        "drift_seeds": drift_seeds,
        "runs": runs,
        "code": runner.code_version(),
        "machine": f"{platform.machine()}, {runner.cores()} cores, {processor()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def _rounded(value: Any) -> Any:
    """Floats with few digits, and nothing that JSON has no word for."""
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if isfinite(value) else None
    return value
