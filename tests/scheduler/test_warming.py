"""Compiled before it is needed."""

import pkgutil
from importlib import import_module

import pytest

import scheduler.kernel
from scheduler.errors import SchedulerError
from scheduler.kernel.jit import numba
from scheduler.registry import build, names
from scheduler.simulator.engine import simulate
from scheduler.simulator.estimation import estimator
from scheduler.simulator.generate import generate
from scheduler.simulator.scenario import parse
from scheduler.warming import warm

SCENARIO = """
name: warm
profiles: {long: {edge: 0.05, gpu: 0.01}, short: {edge: 0.004, gpu: 0.002}}
pools:
  - {name: edge, architecture: edge, instances: 2}
  - {name: gpu, architecture: gpu}
hop_s: 0.001
requests: {count: 400, load: 1.1, expiry: 9, work_cv: 0.4}
"""


def compilations() -> dict[str, int]:
    """By compiled function for how many kinds of arguments it is there."""
    found = {}
    for module in pkgutil.iter_modules(scheduler.kernel.__path__):
        functions = vars(import_module(f"scheduler.kernel.{module.name}"))
        for name, function in functions.items():
            if hasattr(function, "signatures"):
                found[f"{module.name}.{name}"] = len(function.signatures)
    return found


@pytest.mark.skipif(numba is None, reason="nothing is compiled without numba")
def test_nothing_is_compiled_afterwards() -> None:
    """A run with searches, hops, late and expired requests calls only what is there."""
    warm("synergai")
    before = compilations()
    assert any(before.values())
    scenario = parse(SCENARIO, "warm")
    policy = build("synergai", estimator(scenario, 0))
    simulate(scenario, generate(scenario, 0), policy)
    assert compilations() == before


@pytest.mark.parametrize("name", names())
def test_every_policy_can_be_warmed(name: str) -> None:
    """Whatever the policy places or keeps."""
    warm(name)


def test_a_wrong_policy_is_refused() -> None:
    """As anywhere else."""
    with pytest.raises(SchedulerError, match="policy: found 'magic'"):
        warm("magic")
