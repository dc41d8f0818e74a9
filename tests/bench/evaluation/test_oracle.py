"""The policy that is told of a drift."""

import pytest

from bench.evaluation.cells import Drift
from bench.evaluation.oracle import Told, reports
from scheduler import registry
from scheduler.simulator.estimation import configuration, estimator
from scheduler.types import PoolState
from tests.support.scenarios import one, scenario

WORLD = scenario({"m": {"a": 0.1, "b": 0.2}, "n": {"a": 0.5}}, one("a"), one("b"))
DRIFT = Drift(10.0, "a", 3.0)
STATES = [
    PoolState(
        name=pool.name,
        architecture=pool.architecture,
        configuration=configuration(pool).key,
        models=frozenset({"m", "n"}),
        free_at_s=(0.0,),
    )
    for pool in WORLD.pools
]


def test_reports_are_of_the_slowed_architecture_only() -> None:
    """Three times the profile of each model there."""
    told = reports(WORLD, DRIFT)
    assert {report.pool for report in told} == {"a"}
    assert {report.model: report.service_s for report in told} == pytest.approx(
        {"m": 0.3, "n": 1.5}
    )


def test_estimates_are_right_from_the_moment_of_the_drift() -> None:
    """Before it the profile holds, after it three times that, elsewhere nothing changes."""
    known = estimator(WORLD)
    policy = Told(registry.build("synergai", known), WORLD, DRIFT)
    policy.capacity(STATES, 0.0)
    policy.decide(9.9)
    assert known.service_s("m", STATES[0]) == pytest.approx(0.1)
    policy.decide(10.0)
    assert known.service_s("m", STATES[0]) == pytest.approx(0.3, rel=0.05)
    assert known.service_s("m", STATES[1]) == pytest.approx(0.2)


def test_a_policy_that_tunes_nothing_stays_so() -> None:
    """Told around a baseline has no search, no state, and ignores what was found."""
    policy = Told(registry.build("edf", estimator(WORLD)), WORLD, DRIFT)
    assert policy.tuning() is None
    assert policy.state() == b""
    policy.tuned(None, 0.0)
    policy.restore(b"")
    assert policy.doomed(0.0) == []
    assert policy.wake_at_s() is None
