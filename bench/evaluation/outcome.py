"""What all runs together say of each cell: means over seeds, intervals, the best baseline."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench.evaluation import variants
from bench.evaluation.cells import Cell, feasible_load, scenario
from bench.evaluation.runner import Record
from bench.evaluation.statistics import Ratio, best, mean, paired

MEANS = ("violation_ratio", "excess_s_mean", "energy_j", "goodput_rps", "tuning_cpu_s")


class Seen(NamedTuple):
    """The runs of a cell: variant to seed to record."""

    cell: Cell
    runs: Mapping[str, Mapping[int, Record]]

    def column(self, variant: str, field: str) -> dict[int, float]:
        """One figure by seed; empty if the variant was not run, or has no such figure."""
        found = self.runs.get(variant, {})
        return {seed: record[field] for seed, record in sorted(found.items()) if field in record}

    def mean(self, variant: str, field: str) -> float | None:
        """The mean over seeds; None: it was not measured."""
        column = self.column(variant, field)
        return mean(list(column.values())) if column else None

    def ratio(self, ours: str, theirs: str, field: str = "violation_ratio") -> Ratio | None:
        """The paired ratio of two policies over the seeds that both have."""
        return paired_columns(self.column(ours, field), self.column(theirs, field))

    @property
    def best_baseline(self) -> str | None:
        """Of all baselines in all forms the one with the least mean violations here."""
        ratios = {
            variant: ratio
            for variant in self.runs
            if variant in variants.baselines()
            and (ratio := self.mean(variant, "violation_ratio")) is not None
        }
        return best(ratios)


def seen(cells: Sequence[Cell], records: Sequence[Record]) -> list[Seen]:
    """The records by cell, in the order of the cells; cells without any are left out."""
    runs: dict[str, dict[str, dict[int, Record]]] = {}
    for record in records:
        by_seed = runs.setdefault(record["cell"], {}).setdefault(record["variant"], {})
        by_seed[record["seed"]] = record
    return [Seen(cell, runs[cell.name]) for cell in cells if cell.name in runs]


def paired_columns(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Ratio | None:
    """The paired ratio over the seeds that both columns have; None: there are none."""
    both = sorted(ours.keys() & theirs.keys())
    return paired([ours[seed] for seed in both], [theirs[seed] for seed in both]) if both else None


def told(one: Seen) -> dict[str, Any]:
    """A cell as plain values for results.json; a best baseline only where all were judged."""
    cell = one.cell
    known = one.best_baseline if cell.judged == "all" else None
    versus = one.ratio(variants.OURS, known) if known else None
    return {
        "name": cell.name,
        "group": cell.group,
        "mix": cell.mix,
        "process": cell.process,
        "load": cell.load,
        "load_over_feasible": feasible_load(scenario(cell), cell.load),
        "hop_s": cell.hop_s,
        "requests": cell.requests,
        "seeds": max(len(by_seed) for by_seed in one.runs.values()),
        "best_baseline": known,
        "ours_over_best": versus._asdict() if versus else None,
        "bracket": _bracket(one),
        "policies": {
            variant: _policy(one, variant) for variant in one.runs if variant != variants.BRACKET
        },
    }


def _policy(one: Seen, variant: str) -> dict[str, Any]:
    records = list(one.runs[variant].values())
    figures: dict[str, Any] = {field: one.mean(variant, field) for field in MEANS}
    figures["worst_model"] = mean([r["worst_model"]["violation_ratio"] for r in records])
    figures["decision_us"] = {
        quantile: mean([r["decision_us"][quantile] or 0.0 for r in records])
        for quantile in ("p50", "p99")
    }
    return figures


def _bracket(one: Seen) -> dict[str, float] | None:
    """Means of both ends as ratios of violations; None: there is no bracket here."""
    fields = ("violation_ratio_at_least", "violation_ratio_feasible")
    ends = {field: one.mean(variants.BRACKET, field) for field in fields}
    found = {field: end for field, end in ends.items() if end is not None}
    return found if len(found) == len(fields) else None
