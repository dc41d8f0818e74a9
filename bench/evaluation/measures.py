"""How each figure is computed from the runs; what was not run gives no figure."""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Final

import numpy as np

from bench.evaluation.cells import Group
from bench.evaluation.outcome import Seen, paired_columns
from bench.evaluation.statistics import FLOOR, geometric_mean, mean
from bench.evaluation.variants import ORACLE, OURS, PUBLISHED, SAVING

HARD = 0.02
"""Cells where published SLO-MAEL misses at least this share of the deadlines count in means."""
LEAST_EXCESS = 0.01
"""Of the mean QoS: an excess below this counts as this."""
SAME = 1.02
"""As many violations as without, or nearly."""

Value = tuple[float | None, int, str]
"""The figure, of how many cells, and the one that decides."""
NOT_MEASURED: Final[Value] = (None, 0, "")


def against(theirs: str) -> Callable[[Sequence[Seen]], Value]:
    """How many times fewer violations ours has: a geometric mean over the hard cells."""

    def compute(cells: Sequence[Seen]) -> Value:
        ratios = [one.ratio(theirs, OURS) for one in hard(cells)]
        return _geometric(ratio.value for ratio in ratios if ratio)

    return compute


def against_best(cells: Sequence[Seen]) -> Value:
    """Our violations over those of the best baseline of each cell: a geometric mean."""
    return _geometric(_versus_best(hard(cells)))


def worst_against_best(cells: Sequence[Seen]) -> Value:
    """The highest upper end of the paired interval against the best baseline of a cell.

    Cells of one seed have no end.
    """
    found = []
    for one in _of(cells, "grid"):
        ratio = one.ratio(OURS, one.best_baseline) if one.best_baseline else None
        if ratio and ratio.high < inf:
            found.append((ratio.high, one.cell.name))
    return _highest(found)


def excess(cells: Sequence[Seen]) -> Value:
    """Our seconds past the deadline over those of published SLO-MAEL: a geometric mean."""
    return _geometric(value for value, _ in _excesses(cells))


def worst_excess(cells: Sequence[Seen]) -> Value:
    """The same in the worst cell."""
    return _highest(_excesses(cells))


def worst_model(cells: Sequence[Seen]) -> Value:
    """Percentage points that our worst model misses more than the best baseline's does."""
    found = []
    for one in _of(cells, "grid"):
        ours, theirs = (_worst(one, variant) for variant in (OURS, one.best_baseline))
        if ours is not None and theirs is not None:
            found.append((100 * (ours - theirs), one.cell.name))
    return _highest(found)


def waiting(cells: Sequence[Seen]) -> Value:
    """Requests per run that wait over 5 QoS past the deadline while an instance idles."""
    calm = [one for one in _of(cells, "grid") if one.cell.load < 1]
    return _highest(
        (max(column.values()), one.cell.name)
        for one in calm
        if (column := one.column(OURS, "stranded"))
    )


def overplaced(cells: Sequence[Seen]) -> Value:
    """Our placements on pools whose slots other workers had taken, in the worst run."""
    several = [one for one in _of(cells, "workers") if one.cell.workers > 1]
    return _highest(
        (max(column.values()), one.cell.name)
        for one in several
        if (column := one.column(OURS, "overplaced"))
    )


def hops(cells: Sequence[Seen]) -> Value:
    """Our violations over the best baseline's in the cells with a network: a geometric mean."""
    return _geometric(_versus_best(one for one in _of(cells, "hop") if one.cell.hop_s > 0))


def worst_hop(cells: Sequence[Seen]) -> Value:
    """The same in the worst of these cells."""
    return _highest(
        (value, one.cell.name)
        for one in _of(cells, "hop")
        if one.cell.hop_s > 0
        for value in _versus_best([one])
    )


def between_roles(
    group: Group, over: str, under: str, field: str
) -> Callable[[Sequence[Seen]], Value]:
    """Ours in one role over ours in the other, seed by seed: a geometric mean over cells."""

    def compute(cells: Sequence[Seen]) -> Value:
        pairs = _roles(cells, group, over, under)
        ratios = (paired_columns(a.column(OURS, field), b.column(OURS, field)) for a, b in pairs)
        return _geometric(ratio.value for ratio in ratios if ratio)

    return compute


def after_drift(cells: Sequence[Seen]) -> Value:
    """Our violations over the oracle's among requests 50 to 500 of the slowed architecture.

    Both count what arrives while ours starts these, so that the requests are the same.
    """
    found = []
    for one in _of(cells, "drift"):
        ours, theirs = (one.runs.get(variant, {}) for variant in (OURS, ORACLE))
        both = [seed for seed in ours if seed in theirs and ours[seed]["after_drift"]]
        if both:
            windows = [ours[seed]["after_drift"] for seed in both]
            late = [
                mean([_late(run[seed], at) for seed, at in zip(both, windows, strict=True)])
                for run in (ours, theirs)
            ]
            found.append((max(late[0], FLOOR) / max(late[1], FLOOR), one.cell.name))
    return _highest(found)


def batching(cells: Sequence[Seen]) -> Value:
    """Our requests in time per second with batches over those one by one; the best cell."""
    found = [
        (ours / single, a.cell.name)
        for a, b in _roles(cells, "batches", "batched", "one-by-one")
        if (ours := a.mean(OURS, "goodput_rps")) and (single := b.mean(OURS, "goodput_rps"))
    ]
    return _highest(found)


def energy(cells: Sequence[Seen]) -> Value:
    """Share of the energy that ours saves with energy as second objective; the best cell.

    Only where it misses at most 1.02 times as many deadlines as without.
    """
    found = []
    for one in _of(cells, "energy"):
        spent, saved = (one.mean(variant, "energy_j") for variant in (OURS, SAVING))
        more = one.ratio(SAVING, OURS)
        if spent and saved and more:
            share = 1 - saved / spent if more.value <= SAME else 0.0
            found.append((100 * share, one.cell.name))
    return _highest(found)


def hard(cells: Iterable[Seen]) -> list[Seen]:
    """Cells of the grid that count in geometric means."""
    return [
        one
        for one in _of(cells, "grid")
        if (ratio := one.mean(PUBLISHED, "violation_ratio")) is not None and ratio >= HARD
    ]


def _of(cells: Iterable[Seen], group: Group) -> list[Seen]:
    return [one for one in cells if one.cell.group == group]


def _roles(cells: Sequence[Seen], group: Group, first: str, second: str) -> list[tuple[Seen, Seen]]:
    """Cells that differ in role only, side by side."""
    others = {one.cell.compared: one for one in _of(cells, group) if one.cell.role == second}
    return [
        (one, others[one.cell.compared])
        for one in _of(cells, group)
        if one.cell.role == first and one.cell.compared in others
    ]


def _versus_best(cells: Iterable[Seen]) -> list[float]:
    found = []
    for one in cells:
        ratio = one.ratio(OURS, one.best_baseline) if one.best_baseline else None
        if ratio:
            found.append(ratio.value)
    return found


def _excesses(cells: Sequence[Seen]) -> list[tuple[float, str]]:
    found = []
    for one in hard(cells):
        ours, theirs = (one.mean(variant, "excess_s_mean") for variant in (OURS, PUBLISHED))
        qos_s = one.mean(OURS, "qos_s_mean")
        if ours is not None and theirs is not None and qos_s is not None:
            least_s = LEAST_EXCESS * qos_s
            found.append((max(ours, least_s) / max(theirs, least_s), one.cell.name))
    return found


def _worst(one: Seen, variant: str | None) -> float | None:
    records = one.runs.get(variant or "", {}).values()
    ratios = [record["worst_model"]["violation_ratio"] for record in records]
    return mean(ratios) if ratios else None


def _late(record: dict[str, object], window: Sequence[int]) -> float:
    """The share of violations among the requests of a window."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(str(record["late"])), np.uint8))
    return float(bits[window[0] : window[1]].mean())


def _geometric(ratios: Iterable[float]) -> Value:
    known = list(ratios)
    return (geometric_mean(known), len(known), "")


def _highest(found: Iterable[tuple[float, str]]) -> Value:
    known = list(found)
    if not known:
        return NOT_MEASURED
    value, name = max(known)
    return (value, len(known), name)
