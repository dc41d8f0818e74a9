"""What a policy is told of the service times."""

import numpy as np
import pytest

from scheduler.simulator.belief import Belief
from scheduler.simulator.engine import simulate
from scheduler.simulator.estimation import estimator, profiles
from scheduler.simulator.layout import layout
from scheduler.simulator.types import EstimateError, Generated, Pool, Scenario
from scheduler.types import PoolState
from tests.support.scenarios import Profiles, asked, one, scenario
from tests.support.straight import Straight

PROFILES: Profiles = {f"m{i}": {"edge": 0.02, "gpu": {1: 1e-5, 4: 2e-5}} for i in range(40)}
POOLS = (one("edge"), one("gpu"))


def states(world: Scenario) -> list[PoolState]:
    """The pools as a policy sees them."""
    return list(Belief(world, layout(world)).states(0.0))


def test_without_errors() -> None:
    """The estimate is the profile, however short it is."""
    world = scenario(PROFILES, *POOLS)
    known = estimator(world)
    for pool, seconds in zip(states(world), (0.02, 1e-5), strict=True):
        assert known.service("m0", pool).basis == "profile"
        assert known.service_s("m0", pool) == pytest.approx(seconds)


def test_an_error_per_profile() -> None:
    """A log-normal factor for each profile, by the seed; the truth is not touched."""
    error = EstimateError(per_profile=0.3)
    world = scenario(PROFILES, *POOLS, estimate_error=error)
    pool = states(world)[0]
    factors = [estimator(world, 3).service_s(m, pool) / 0.02 for m in PROFILES]
    assert np.std(np.log(factors)) == pytest.approx(0.3, rel=0.3)
    assert factors == [estimator(world, 3).service_s(m, pool) / 0.02 for m in PROFILES]
    assert factors[0] != estimator(world, 4).service_s("m0", pool) / 0.02
    ratio = [
        p.latency(4).p50_s / p.latency().p50_s for p in profiles(world) if p.architecture == "gpu"
    ]
    assert ratio == pytest.approx([2.0] * len(PROFILES))
    run = simulate(world, asked([(0.0, "m0", 1.0)]), Straight("edge"))
    assert run.end_s.tolist() == [0.02]


def test_an_error_per_request() -> None:
    """The truth scatters around the profile with this variation, mean 1."""
    world = scenario(
        {"a": {"edge": 1.0}}, one("edge"), estimate_error=EstimateError(per_request=0.5)
    )
    run = simulate(world, asked([(2.0**i, "a", 1.0) for i in range(20)] * 100), Straight("edge"))
    services = np.diff(np.sort(run.end_s))
    services = services[services > 0]
    busy_s = run.end_s - run.start_s
    assert busy_s.mean() == pytest.approx(1.0, abs=0.05)
    assert busy_s.std() == pytest.approx(0.5, abs=0.08)


def test_told() -> None:
    """The prior has the spread and the mean of the truth, and no error of its own."""
    error = EstimateError(per_profile=0.5, per_request=0.3, told=True)
    drawn = Generated(count=1, rate=1.0, work_cv=0.4)
    world = scenario(PROFILES, *POOLS, estimate_error=error, requests=drawn)
    service = estimator(world, 1).service("m0", states(world)[0])
    assert service.mean_s == pytest.approx(0.02)
    assert service.sigma**2 == pytest.approx(np.log(1.09) + np.log(1.16), rel=1e-3)


def test_configurations() -> None:
    """Pools of one architecture in two configurations have estimates of their own."""
    columns = {"a": {"edge/fast": 0.01, "edge/slow": 0.03}}
    pools = [
        Pool(name=name, architecture="edge", configuration=name, device="board")
        for name in ("fast", "slow")
    ]
    world = scenario(columns, *pools)
    assert [estimator(world).service_s("a", pool) for pool in states(world)] == pytest.approx(
        [0.01, 0.03]
    )
