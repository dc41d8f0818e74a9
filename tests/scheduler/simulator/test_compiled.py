"""The compiled run of policy synergai against the policy in the simulator."""

from typing import Any

import numpy as np
import pytest

from scheduler.policies.synergai import SynergaiParameters, SynergaiPolicy
from scheduler.simulator import compiled
from scheduler.simulator.engine import simulate
from scheduler.simulator.estimation import estimator
from scheduler.simulator.generate import generate
from scheduler.simulator.scenario import parse
from scheduler.simulator.types import Scenario

BASE = """
name: compiled
profiles:
  small: {edge: 0.004, gpu: 0.002}
  middle: {edge: 0.012, gpu: 0.003, cpu: 0.015}
  large: {edge: 0.05, gpu: 0.008}
pools:
  - {name: edge, architecture: edge, instances: 4, power_w: {idle: 5, busy: 20}}
  - {name: gpu, architecture: gpu, instances: 2}
  - {name: cpu, architecture: cpu, instances: 2, hop_s: 0.001}
"""
CASES = {
    "plain": "requests: {count: 500, seed: 1, load: 0.9, qos: [2, 4, 8]}",
    "bursty": "requests: {count: 400, seed: 2, load: 1.1, process: gamma, cv: 4, qos: [2, 8]}",
    "hops": "hop_s: 0.002\nrequests: {count: 400, seed: 3, load: 0.7, qos: [4, 8]}",
    "works": "requests: {count: 500, seed: 4, load: 0.8, qos: [2, 4], work_cv: 0.5}",
    "errors": (
        "estimate_error: {per_profile: 0.3, per_request: 0.2}\nhop_s: 0.001\n"
        "requests: {count: 500, seed: 5, load: 0.8, qos: [3, 6]}"
    ),
    "links": (
        "requests: {count: 500, seed: 7, load: 0.7, qos: [3, 6], size_bytes: {mean: 40000, cv: 1}}"
    ),
    "drift": (
        "drift: [{at_s: 0.3, architecture: edge, factor: 3.0}, "
        "{at_s: 0.6, pool: edge, factor: 1.5}]\n"
        "requests: {count: 600, seed: 6, rate: 700, qos: [3, 6]}"
    ),
}


def scenario(case: str) -> Scenario:
    """One of the cases; with links two pools are far away."""
    base = BASE.replace("cpu, instances: 2,", "cpu, instances: 2, bandwidth_bytes_per_s: 1.0e+7,")
    base = base.replace("gpu, instances: 2", "gpu, instances: 2, bandwidth_bytes_per_s: 2.0e+6")
    return parse((base if case == "links" else BASE) + CASES[case], case)


@pytest.mark.parametrize("tune", ["off", "on"])
@pytest.mark.parametrize("case", CASES)
def test_same_run(case: str, tune: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request starts and ends at the same time on the same slot, tuned or not."""
    monkeypatch.setattr("scheduler.tuning.job.FIRST_GENERATIONS", 1)
    monkeypatch.setattr("scheduler.tuning.job.GENERATIONS", 1)
    wanted: Any = {"tune": tune}
    world, parameters = scenario(case), SynergaiParameters(**wanted)
    workload = generate(world, 1)
    policy = SynergaiPolicy(estimator(world, 1), parameters)
    expected = simulate(world, workload, policy, seed=1)
    assert compiled.fits(world, workload)
    found = compiled.simulate(world, workload, estimator(world, 1), parameters, seed=1)
    np.testing.assert_array_equal(found.slot, expected.slot)
    np.testing.assert_allclose(found.end_s, expected.end_s, rtol=1e-12)
    np.testing.assert_allclose(found.start_s, expected.start_s, rtol=1e-12)
    np.testing.assert_array_equal(found.pool, expected.pool)
    assert found.energy_j == pytest.approx(expected.energy_j)
    assert found.last_s == pytest.approx(expected.last_s)


@pytest.mark.parametrize(
    "more",
    [
        "outages: [{pool: gpu, from_s: 0.1, to_s: 0.2}]",
        "drift: [{at_s: 0.1, pool: gpu, instance: 0, factor: 2.0}]",
    ],
)
def test_fits_only_what_it_can_play(more: str) -> None:
    """What only the other simulator can play is not taken."""
    world = parse(f"{BASE}{more}\n{CASES['plain']}", "case")
    assert not compiled.fits(world, generate(world, 1))
