"""One search as a value: made in the policy, run anywhere, its result handed back as an event."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from scheduler.costs import Weights, closings, multiples, size_weights
from scheduler.kernel.state import World
from scheduler.layout import Layout
from scheduler.tuning.past import Past
from scheduler.tuning.point import CEILING, DEVIATIONS, LATE, SAFETY, SPARE, SPREAD, WAIT, Point
from scheduler.tuning.saving import Saves, save
from scheduler.tuning.search import Problem, search

FIRST_GENERATIONS = 18
GENERATIONS = 9
NARROW = 0.6
"""Later searches start where the last ended and look less far."""


class Job(NamedTuple):
    """What is to be searched; `run` changes nothing outside and needs seconds of CPU."""

    problem: Problem
    models: tuple[str, ...]
    pools: tuple[str, ...]
    base: Weights
    saves: Saves | None

    @classmethod
    def of(
        cls,
        world: World,
        layout: Layout,
        past: Past,
        known: Sequence[Weights],
        *,
        unit: float,
        patience: float,
        early_s: float,
        first: bool,
        saves: Saves | None,
        seed: int,
    ) -> "Job":
        """The search from the first of ``known``, in a copy of the world."""
        copied = World(**{name: part.copy() for name, part in world._asdict().items()})
        points = [_point(copied, layout, weights, unit) for weights in known]
        problem = Problem(
            world=copied,
            past=past,
            start=points[0],
            others=tuple(points[1:]),
            unit=unit,
            patience=patience,
            early_s=early_s,
            generations=FIRST_GENERATIONS if first else GENERATIONS,
            narrow=1.0 if first else NARROW,
            seed=seed,
        )
        names = tuple(pool.name for pool in layout.pools)
        return cls(problem, tuple(layout.models), names, known[0], saves)

    def run(self) -> Weights:
        """The weights found."""
        found = search(self.problem)
        if self.saves is not None:
            found = save(self.problem, found, self.saves)
        rule = found.rule(1.0, 0.0, 0.0)
        return msgspec.structs.replace(
            self.base,
            wait=rule.wait,
            spread=rule.spread,
            late=rule.late,
            safety=rule.safety,
            spare=rule.spare,
            ceiling=rule.ceiling,
            closed=self._closed(found),
            energy=found.energy,
            size=self._sizes(found),
            shift=dict(zip(self.models, found.shift.tolist(), strict=True)),
        )

    def _closed(self, found: Point) -> Mapping[str, tuple[str, ...]]:
        """By model the pools that it is kept from."""
        shut = found.closed & np.isfinite(self.problem.world.service)
        by_model = {
            model: tuple(pool for p, pool in enumerate(self.pools) if shut[m, p])
            for m, model in enumerate(self.models)
        }
        return {model: pools for model, pools in by_model.items() if pools}

    def _sizes(self, found: Point) -> Mapping[str, Mapping[str, float]]:
        served = np.isfinite(self.problem.world.service)
        return {
            model: {
                pool: float(found.size[m, p]) for p, pool in enumerate(self.pools) if served[m, p]
            }
            for m, model in enumerate(self.models)
        }


def _point(world: World, layout: Layout, weights: Weights, unit: float) -> Point:
    shares = np.ones(len(layout.models)) / max(1, len(layout.models))
    size = np.log(size_weights(world, layout, shares.tolist(), weights))
    single = np.zeros(len(DEVIATIONS))
    single[[SAFETY, SPREAD, LATE]] = weights.safety, weights.spread, weights.late
    single[[WAIT, SPARE]] = weights.wait, weights.spare
    single[CEILING] = np.log(_dearest(world) / unit if weights.ceiling is None else weights.ceiling)
    shut = closings(layout, weights)
    return Point(size, multiples(layout, weights), single, shut, weights.energy)


def _dearest(world: World) -> float:
    """The most that one request may cost: from there on a ceiling bounds nothing."""
    known = np.isfinite(world.service) & np.isfinite(world.factor)
    costs = np.multiply(world.factor, world.service, where=known, out=np.zeros(known.shape))
    return float(costs.max(initial=1e-9))
