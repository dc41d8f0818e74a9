"""What is decided live is what is decided in a simulation: the same requests end alike.

Both sides have the same true service times (profile x work), hops and deadlines, and neither knows
the time of this machine: live is the app's core on a virtual clock, told of requests, reports and
capacity events as Kafka would bring them. What is compared is the ratio of violations.
"""

from pathlib import Path
from statistics import fmean
from typing import Final

import pytest

from scheduler.registry import variant
from scheduler.simulator import engine
from scheduler.simulator.estimation import configuration, estimator, profiles
from scheduler.simulator.generate import generate
from scheduler.simulator.results import violated
from scheduler.simulator.scenario import parse
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload
from streams.commands.scenarios import load
from streams.demo.recording import record
from streams.demo.workload import Shot
from streams.stack.schema import PoolSpec, StackFile
from tests.support.virtual_stack import VirtualStack, violation_ratio

WITHIN: Final = 0.03
SEEDS: Final = range(3)
UNLIKE: Final = """
name: unlike
profiles:
  music: {{jetson: 0.140, xeon: 0.085, gpu: 0.068}}
  speech: {{jetson: 0.095, xeon: 0.038, gpu: 0.028}}
  bytes: {{jetson: 0.012, xeon: 0.010, gpu: 0.007}}
pools: [{pools}]
hop_s: 0.004
requests: {{count: 400, load: {load}, process: gamma, mix: {{music: 1, speech: 4, bytes: 8}},
  work_cv: 0.3, qos: [2, 4, 8]}}
"""
SINGLE: Final = (
    "{name: gpu, architecture: gpu}, {name: xeon, architecture: xeon}, "
    "{name: xeon-b, architecture: xeon}, {name: jetson, architecture: jetson}"
)
DEMO: Final = (
    "{name: gpu, architecture: gpu}, {name: xeon, architecture: xeon, instances: 2}, "
    "{name: jetson, architecture: jetson, instances: 2}"
)
POLICIES: Final = (
    "edf", "round-robin", "slo-mael:doomed=last", "kairos:doomed=last", "synergai:tune=off",
)  # fmt: skip


def _simulated(scenario: Scenario, workload: Workload, policy: str) -> float:
    run = engine.simulate(scenario, workload, variant(policy, estimator(scenario)))
    return float(violated(workload, run).mean())


def _live(scenario: Scenario, workload: Workload, policy: str) -> VirtualStack:
    stack = VirtualStack(scenario, workload, policy)
    stack.play()
    return stack


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("load_", [0.6, 0.9])
def test_a_policy_does_live_what_it_does_simulated(policy: str, load_: float) -> None:
    """Within 3 points of the ratio of violations, in the mean of some streams of requests."""
    live, simulated = [], []
    for seed in SEEDS:
        scenario = parse(UNLIKE.format(pools=SINGLE, load=load_), "unlike")
        workload = generate(scenario, seed)
        live.append(violation_ratio(_live(scenario, workload, policy)))
        simulated.append(_simulated(scenario, workload, policy))
    assert fmean(simulated) > WITHIN
    assert fmean(live) == pytest.approx(fmean(simulated), abs=WITHIN)


@pytest.mark.parametrize("policy", ["edf", "slo-mael", "synergai:tune=off"])
def test_a_recorded_run_ends_alike_when_it_is_played_again(policy: str, tmp_path: Path) -> None:
    """The demo's machines at its load, through the files of a recording: within 3 points."""
    scenario = parse(UNLIKE.format(pools=DEMO, load=0.45), "demo")
    workload = generate(scenario, 1)
    played = _live(scenario, workload, policy)
    made = record(_stack(scenario), profiles(scenario), _shots(workload), played.outcomes, 60.0)
    for name, text in made.files.items():
        (tmp_path / name).write_text(text)
    again, requests = load(tmp_path / "scenario.yaml")
    assert requests(0).work == pytest.approx(workload.work, rel=1e-3)
    assert [pool.hop_s for pool in again.pools] == pytest.approx([0.004] * 3, rel=0.1)
    simulated = _simulated(again, requests(0), policy)
    assert violation_ratio(played) == pytest.approx(simulated, abs=WITHIN)


def _stack(scenario: Scenario) -> StackFile:
    pools = tuple(
        PoolSpec(
            name=pool.name,
            architecture=pool.architecture,
            slots=pool.instances,
            configuration=configuration(pool),
        )
        for pool in scenario.pools
    )
    return StackFile(models=scenario.models, pools=pools)


def _shots(workload: Workload) -> list[Shot]:
    columns = (workload.arrival_s.tolist(), workload.model.tolist(), workload.qos_s.tolist())
    return [
        Shot(request_id=str(number), at_s=at_s, model=workload.models[model], budget_s=qos_s)
        for number, (at_s, model, qos_s) in enumerate(zip(*columns, strict=True))
    ]
