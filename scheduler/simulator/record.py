"""Keeps what becomes of each request while a run goes on."""

from collections.abc import Sequence
from math import inf

import numpy as np

from scheduler.simulator.instances import Batch
from scheduler.simulator.layout import Layout
from scheduler.simulator.run import Floats, Run
from scheduler.simulator.types import Power, Scenario
from scheduler.simulator.workload import Workload


class Record:
    """One entry per request, and how long each pool computed on each slot."""

    def __init__(self, scenario: Scenario, layout: Layout, workload: Workload) -> None:
        count = workload.arrival_s.size
        self._workload = workload
        self._layout = layout
        self._scenario = scenario
        self._end_s = [inf] * count
        self._start_s = [inf] * count
        self._pool = [-1] * count
        self._slot = [-1] * count
        self._batch = [0] * count
        self.attempts = [0] * count
        self._busy_s = [0.0] * len(scenario.pools)
        self._absent_s = [0.0] * len(layout.slots)

    def ended(self, batch: Batch, end_s: float) -> None:
        """A batch was computed; its answers are there at ``end_s``."""
        self._busy_s[batch.pool] += batch.service_s
        size = len(batch.sent)
        for one in batch.sent:
            request = one.request
            self._end_s[request] = end_s
            self._start_s[request] = batch.start_s
            self._pool[request] = batch.pool
            self._slot[request] = batch.slot
            self._batch[request] = size

    def lost(self, batch: Batch, now_s: float) -> None:
        """A batch was lost; the instance was busy with it until now."""
        self._busy_s[batch.pool] += now_s - batch.start_s

    def absent(self, slot: int, seconds: float) -> None:
        """A slot was at zero for so long after the first arrival: it drew nothing."""
        self._absent_s[slot] = max(0.0, seconds)

    def run(self) -> Run:
        """All of it."""
        end_s = np.array(self._end_s)
        last_s, span_s = span(self._workload, end_s)
        return Run(
            end_s=end_s,
            start_s=np.array(self._start_s),
            pool=np.array(self._pool, np.int64),
            slot=np.array(self._slot, np.int64),
            batch=np.array(self._batch, np.int64),
            attempts=np.array(self.attempts, np.int64),
            last_s=last_s,
            energy_j=energy_j(self._scenario, self._layout, self._busy_s, self._absent_s, span_s),
        )


def span(workload: Workload, end_s: Floats) -> tuple[float, float]:
    """When a run was over, and how long it was from the first arrival, in seconds."""
    moments = np.concatenate([end_s[np.isfinite(end_s)], workload.arrival_s])
    last_s = float(moments.max()) if moments.size else 0.0
    return last_s, last_s - float(workload.arrival_s[0]) if moments.size else 0.0


def energy_j(
    scenario: Scenario,
    layout: Layout,
    busy_s: Sequence[float],
    absent_s: Sequence[float],
    span_s: float,
) -> float:
    """Busy watts by pool and idle by slot; an idle slot draws what its first pool says."""
    power = [pool.power_w or Power() for pool in scenario.pools]
    owners = [pools[0] for pools in layout.slot_pools]
    idle_j = sum(
        power[owner].idle * max(0.0, span_s - absent)
        for owner, absent in zip(owners, absent_s, strict=True)
    )
    extra_j = sum(
        (one.busy - power[owners[slots[0]]].idle) * busy
        for one, busy, slots in zip(power, busy_s, layout.pool_slots, strict=True)
    )
    return idle_j + extra_j
