"""The simulator against independent computations of the same rules on the same requests."""

from collections.abc import Callable
from math import inf
from typing import Literal

import numpy as np
import pytest

from scheduler.simulator.generate import generate
from scheduler.simulator.results import violated
from scheduler.simulator.types import Generated, Scenario
from scheduler.simulator.workload import Workload
from tests.support.reference_schedulers import Case, SloMael, round_robin, violations
from tests.support.scenarios import one, play, scenario

PROFILES = {
    "a": {"edge": 0.012, "gpu": 0.003},
    "b": {"edge": 0.03, "gpu": 0.005},
    "c": {"edge": 0.05, "gpu": 0.012, "cpu": 0.2},
}
POOLS = (one("edge", 7), one("gpu", 2), one("cpu", 2))


def _case(world: Scenario, load: Workload) -> Case:
    seconds = [
        [
            world.seconds(model, pool).get(1, inf)
            for pool in world.pools
            for _ in range(pool.instances)
        ]
        for model in load.models
    ]
    columns = (load.arrival_s, load.model, load.qos_s, load.work)
    arrival, model, qos, work = (column.tolist() for column in columns)
    return Case(arrival, model, qos, work, seconds)


@pytest.mark.parametrize("work_cv", [0.0, 0.3])
@pytest.mark.parametrize("load", [0.6, 1.0])
@pytest.mark.parametrize("process", ["poisson", "mmpp"])
@pytest.mark.parametrize(
    ("policy", "reference"),
    [
        ("round-robin", round_robin),
        ("slo-mael", lambda case: SloMael(case).play()),
        ("slo-mael:doomed=last", lambda case: SloMael(case, doomed_last=True).play()),
    ],
)
def test_same_ends(
    policy: str,
    reference: Callable[[Case], list[float]],
    process: Literal["poisson", "mmpp"],
    load: float,
    work_cv: float,
) -> None:
    """Every request ends when a few lines over arrays say it does."""
    drawn = Generated(count=500, load=load, work_cv=work_cv, process=process)
    world = scenario(PROFILES, *POOLS, requests=drawn)
    requests = generate(world, 3)
    run, expected = play(world, requests, policy), reference(_case(world, requests))
    assert np.isclose(run.end_s, expected).mean() >= 0.99
    share = violated(requests, run).mean()
    assert share == pytest.approx(violations(_case(world, requests), expected), abs=0.005)


def test_earliest_completion() -> None:
    """Least-loaded on one model is the earliest completion, computed by hand in three lines."""
    drawn = Generated(count=400, load=0.95, process="gamma")
    world = scenario({"a": {"edge": 0.01}}, one("edge", 3), requests=drawn)
    requests = generate(world, 1)
    free = [0.0] * 3
    for arrival_s in requests.arrival_s:
        at = free.index(min(free))
        free[at] = max(free[at], arrival_s) + 0.01
    run = play(world, requests)
    assert run.last_s == pytest.approx(max(free))
    assert np.sort(run.end_s)[-3:] == pytest.approx(sorted(free))
