"""Records of runs that never were, for tests of what is made of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.evaluation.cells import Cell
from bench.evaluation.runner import Record


def ran(cell: Cell, variant: str, ratios: Sequence[float], **fields: Any) -> list[Record]:
    """One record per seed with these violation ratios; ``fields`` are the same in all."""
    return [
        {
            "key": f"{cell.name} {variant} {seed}",
            "cell": cell.name,
            "variant": variant,
            "seed": seed,
            "violation_ratio": ratio,
            "excess_s_mean": ratio / 10,
            "qos_s_mean": 0.1,
            "goodput_rps": 10 * (1 - ratio),
            "energy_j": 0.0,
            "tuning_cpu_s": 0.0,
            "stranded": 0,
            "worst_model": {"model": "m", "violation_ratio": ratio},
            "decision_us": {"p50": 10.0, "p99": 20.0},
            **fields,
        }
        for seed, ratio in enumerate(ratios)
    ]


def bits(late: Sequence[bool]) -> str:
    """Which requests were violations, as a record of a drift cell has it."""
    return np.packbits(np.array(late, bool)).tobytes().hex()
