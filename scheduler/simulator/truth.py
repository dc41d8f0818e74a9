"""The true service times, which no policy sees."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from scheduler.errors import SchedulerError
from scheduler.simulator.generate import log_normal
from scheduler.simulator.layout import Layout
from scheduler.simulator.types import Pool, Scenario, seconds_at
from scheduler.simulator.workload import Workload

_STREAM = 11


class Truth:
    """Service = profile at the batch's size x its largest work x drift when it starts.

    The work of a request has its unpredictable error in it. A batch is at most as large as the
    largest size in the profile.
    """

    def __init__(self, scenario: Scenario, layout: Layout, workload: Workload, seed: int) -> None:
        draws = np.random.default_rng([seed, _STREAM])
        cv = scenario.estimate_error.per_request
        self.work: list[float] = (
            workload.work * log_normal(draws, cv, workload.work.size)
        ).tolist()
        self.model: list[int] = workload.model.tolist()
        self.times = [[_times(scenario, m, p) for p in scenario.pools] for m in workload.models]
        """[model][pool] seconds by size - 1; empty: not served."""
        self._drift = [_drift(scenario, layout, slot) for slot in range(len(layout.slots))]

    def service_s(self, batch: Sequence[int], pool: int, slot: int, now_s: float) -> float:
        """How long these requests of one model take together if they start now."""
        first = batch[0]
        times = self.times[self.model[first]][pool]
        if len(batch) == 1:
            seconds = times[0] * self.work[first]
        else:
            seconds = times[len(batch) - 1] * max([self.work[request] for request in batch])
        drift = self._drift[slot]
        return seconds * _factor(drift, now_s) if drift else seconds


def check(scenario: Scenario, workload: Workload) -> None:
    """Refuses requests for models that have no profile.

    Raises:
        SchedulerError: names the scenario, the model and those that are allowed.
    """
    unknown = [model for model in workload.models if model not in scenario.profiles]
    if unknown:
        raise SchedulerError(
            f"{scenario.name}: requests: model: found {', '.join(unknown)}, "
            f"allowed: {', '.join(scenario.models)}"
        )


def _times(scenario: Scenario, model: str, pool: Pool) -> tuple[float, ...]:
    seconds = scenario.seconds(model, pool)
    return tuple([seconds_at(seconds, size) for size in range(1, max(seconds, default=0) + 1)])


def _drift(scenario: Scenario, layout: Layout, slot: int) -> list[tuple[float, float]]:
    """Moments and factors that concern a slot; of equal moments the last in the file counts."""
    found = []
    for pool in layout.slot_pools[slot]:
        one = scenario.pools[pool]
        index = layout.pool_slots[pool].index(slot)
        for drift in scenario.drift:
            here = drift.architecture == one.architecture or drift.pool == one.name
            if here and drift.instance in {None, index}:
                found.append((drift.at_s, drift.factor))
    return sorted(found, key=lambda moment: moment[0])


def _factor(drift: Sequence[tuple[float, float]], now_s: float) -> float:
    past = bisect_right(drift, now_s, key=lambda moment: moment[0])
    return drift[past - 1][1] if past else 1.0
