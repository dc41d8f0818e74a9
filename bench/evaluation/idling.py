"""Requests that waited on and on while an instance had nothing to do."""

from math import inf

import numpy as np

from scheduler.simulator.run import Floats, Run
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload

PATIENCE = 5
"""In times of the QoS, past the deadline."""
LEAST_GAP_S = 1e-9


def stranded(world: Scenario, asked: Workload, run: Run) -> int:
    """How many waited longer than `PATIENCE` while an instance that serves them was idle.

    Without hops: with them an instance idles while a request is on its way.
    """
    from_s = asked.deadline_s + PATIENCE * asked.qos_s
    until_s = np.where(np.isfinite(run.start_s), run.start_s, run.last_s)
    idle = _idle(world, run)
    return sum(
        any(
            _overlaps(idle[slot], from_s[request], until_s[request])
            for slot in _slots(world, asked.models[asked.model[request]])
        )
        for request in np.flatnonzero(until_s > from_s + LEAST_GAP_S).tolist()
    )


def _slots(world: Scenario, model: str) -> list[int]:
    found: list[int] = []
    first = 0
    for pool in world.pools:
        if world.seconds(model, pool):
            found.extend(range(first, first + pool.instances))
        first += pool.instances
    return found


def _idle(world: Scenario, run: Run) -> list[tuple[Floats, Floats]]:
    """By slot the moments from which and to which it idled, until the run was over."""
    half_hop_s = np.array([world.round_trip_s(pool) / 2 for pool in world.pools])
    found = []
    for slot in range(sum(pool.instances for pool in world.pools)):
        here = np.flatnonzero(run.slot == slot)
        starts = np.sort(run.start_s[here])
        ends = np.sort(run.end_s[here] - half_hop_s[run.pool[here]])
        found.append((np.append(-inf, ends), np.append(starts, run.last_s)))
    return found


def _overlaps(idle: tuple[Floats, Floats], from_s: float, until_s: float) -> bool:
    shared_s = np.minimum(idle[1], until_s) - np.maximum(idle[0], from_s)
    return bool((shared_s > LEAST_GAP_S).any())
