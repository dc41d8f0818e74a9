"""The figures that are asked for: the target, what was reached, whether it is met."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from bench.evaluation import measures, speed
from bench.evaluation.measures import Value
from bench.evaluation.outcome import Seen
from bench.evaluation.variants import OURS, PUBLISHED, PUBLISHED_LAST, UNTUNED


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A target and what was reached; without a value it was not measured."""

    id: str
    what: str
    limit: float
    unit: str = ""
    at_least: bool = False
    """The value should be at least the limit; else at most."""
    aim: float | None = None
    value: float | None = None
    cells: int = 0
    """Of how many cells; 0: not of cells."""
    worst: str = ""
    """The cell that decides, where one does."""

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None: not measured."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


_OF_CELLS: Final[Sequence[tuple[Figure, Callable[[Sequence[Seen]], Value]]]] = (
    (
        Figure(
            id="published",
            what="times fewer violations than published per-request SLO-MAEL, geometric mean",
            limit=3.8,
            aim=5.0,
            at_least=True,
        ),
        measures.against(PUBLISHED),
    ),
    (
        Figure(
            id="published-last",
            what="times fewer violations than SLO-MAEL with the doomed last, geometric mean",
            limit=2.5,
            aim=3.0,
            at_least=True,
        ),
        measures.against(PUBLISHED_LAST),
    ),
    (
        Figure(
            id="best",
            what="violations over those of the best baseline of each cell, geometric mean",
            limit=0.8,
            aim=0.6,
        ),
        measures.against_best,
    ),
    (
        Figure(
            id="best-worst-cell",
            what="upper end of the paired 95 % interval against the best baseline, worst cell",
            limit=1.05,
        ),
        measures.worst_against_best,
    ),
    (
        Figure(
            id="excess",
            what="seconds past the deadline over those of published SLO-MAEL, geometric mean",
            limit=1.0,
            aim=0.5,
        ),
        measures.excess,
    ),
    (
        Figure(
            id="excess-worst-cell",
            what="seconds past the deadline over those of published SLO-MAEL, worst cell",
            limit=1.0,
        ),
        measures.worst_excess,
    ),
    (
        Figure(
            id="worst-model",
            what="points that our worst model misses more than the best baseline's, worst cell",
            limit=2.0,
            unit="points",
        ),
        measures.worst_model,
    ),
    (
        Figure(
            id="waiting",
            what="requests of a run that wait over 5 QoS past the deadline while an instance "
            "idles, below load 1, worst run",
            limit=0.0,
        ),
        measures.waiting,
    ),
    (
        Figure(
            id="hop",
            what="violations over the best baseline's at 2 and 5 ms each way, geometric mean",
            limit=1.0,
        ),
        measures.hops,
    ),
    (
        Figure(
            id="hop-worst-cell",
            what="violations over the best baseline's at 2 and 5 ms each way, worst cell",
            limit=1.0,
        ),
        measures.worst_hop,
    ),
    (
        Figure(
            id="profile-error",
            what="violations with 30 % persistent error per profile over those without, after 200 "
            "requests per profile",
            limit=1.15,
        ),
        measures.between_roles("profile-error", "wrong", "exact", "violation_ratio_settled"),
    ),
    (
        Figure(
            id="request-error",
            what="violations with unpredictable error per request over ours told its spread",
            limit=1.1,
        ),
        measures.between_roles("request-error", "untold", "told", "violation_ratio"),
    ),
    (
        Figure(
            id="drift",
            what="violations after a 3x slowdown of one architecture over those of an oracle, its "
            "requests 50 to 500, worst cell",
            limit=1.1,
        ),
        measures.after_drift,
    ),
    (
        Figure(
            id="workers",
            what="violations with 4 workers over one worker's, geometric mean",
            limit=1.15,
        ),
        measures.between_roles("workers", "several", "one", "violation_ratio"),
    ),
    (
        Figure(
            id="workers-slots",
            what="placements of 4 workers over the slots, worst run",
            limit=0.0,
        ),
        measures.overplaced,
    ),
    (
        Figure(
            id="batches",
            what="times the goodput of batch 1 with batches",
            limit=1.5,
            at_least=True,
        ),
        measures.batching,
    ),
    (
        Figure(
            id="energy",
            what="less energy at no more than 1.02 times the violations, best mix",
            limit=20.0,
            unit="%",
            at_least=True,
        ),
        measures.energy,
    ),
)


def figures(cells: Sequence[Seen], timed: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """All of them, in the order of the report."""
    found = [_with(figure, compute(cells)) for figure, compute in _OF_CELLS]
    return [*found, *(_decision(scene, timed) for scene in speed.SCENES)]


def _decision(scene: speed.Scene, timed: Sequence[Mapping[str, Any]]) -> Figure:
    """The time of a decision of ours, untuned: tuning changes numbers, not steps."""
    found = [
        one["p99_us"]
        for one in timed
        if one["scene"] == scene.name and one["policy"] in {OURS, UNTUNED}
    ]
    figure = Figure(
        id=f"decision-{scene.queued}",
        what=f"time of a decision, 99 % are shorter, {scene.name}",
        limit=scene.limit_us,
        unit="microseconds",
    )
    return _with(figure, (max(found) if found else None, 0, ""))


def _with(figure: Figure, value: Value) -> Figure:
    fields = dict(zip(("value", "cells", "worst"), value, strict=True))
    return msgspec.structs.replace(figure, **fields)
