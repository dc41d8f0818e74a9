"""Requests that are drawn."""

from math import inf
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from scheduler.errors import SchedulerError
from scheduler.simulator.generate import best_latency_s, capacity, generate, rate, shares
from scheduler.simulator.types import Burst, Generated, Recorded, Scenario
from tests.support.scenarios import Profiles, one, scenario

PROFILES: Profiles = {
    "a": {"edge": 0.02, "gpu": {1: 0.005, 4: 0.008}},
    "b": {"edge": 0.05},
    "c": {"x": 1.0},
}
POOLS = (one("edge", 3), one("gpu"))


def drawn(**fields: Any) -> Scenario:
    """A scenario with requests like these."""
    values = {"count": 4000, "load": 0.8, **fields}
    return scenario(PROFILES, *POOLS, requests=Generated(**values))


@pytest.mark.parametrize(
    "process", [{"process": "poisson"}, {"process": "gamma", "cv": 2.0}, {"process": "mmpp"}]
)
def test_the_rate(process: dict[str, Any]) -> None:
    """Every process has the rate that is asked for, by load or as such."""
    by_rate = generate(drawn(load=None, rate=50.0, **process))
    assert by_rate.work.size == 4000
    assert 4000 / by_rate.arrival_s[-1] == pytest.approx(50.0, rel=0.15)
    by_load = drawn(**process)
    expected = 0.8 * capacity(by_load)
    assert rate(by_load) == expected
    assert 4000 / generate(by_load).arrival_s[-1] == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize(("process", "cv"), [("poisson", 1.0), ("gamma", 3.0)])
def test_the_gaps(process: str, cv: float) -> None:
    """Gaps vary as much as asked; those of a Poisson process as much as their mean."""
    gaps = np.diff(generate(drawn(process=process, cv=3.0)).arrival_s)
    assert gaps.std() / gaps.mean() == pytest.approx(cv, rel=0.15)


def test_bursts() -> None:
    """The counts of a Markov-modulated process vary more than those of a Poisson process."""
    burst = Burst(ratio=10.0, share=0.1, length=50.0)
    arrivals = generate(drawn(process="mmpp", burst=burst)).arrival_s
    counts = np.histogram(arrivals, bins=400)[0]
    assert counts.var() / counts.mean() > 3.0


def test_the_capacity_is_that_of_the_linear_program() -> None:
    """Against scipy: the most requests of this mix that all machines together can serve."""
    world = drawn(mix={"a": 3.0, "b": 1.0})
    # x[a, edge], x[a, gpu], x[b, edge], total
    found = linprog(
        [0, 0, 0, -1],
        A_ub=[[0.02, 0, 0.05, 0], [0, 0.005, 0, 0]],
        b_ub=[3, 1],
        A_eq=[[1, 1, 0, -0.75], [0, 0, 1, -0.25]],
        b_eq=[0, 0],
    )
    assert capacity(world) == pytest.approx(found.x[3])


def test_pools_on_one_device_count_once() -> None:
    """Two pools that share their instances have the capacity of the better."""
    pools = (one("edge", 2, device="board"), one("gpu", 2, device="board"))
    world = scenario({"a": PROFILES["a"]}, *pools, requests=Generated(count=1, load=1.0))
    assert capacity(world) == pytest.approx(2 / 0.005)


def test_mix_and_qos() -> None:
    """Models by their shares, QoS evenly, in latencies of the best architecture, hops included."""
    world = scenario(
        PROFILES,
        *POOLS,
        hop_s=0.001,
        requests=Generated(count=6000, rate=1.0, qos=(2.0, 5.0), mix={"a": 2.0, "b": 1.0}),
    )
    load = generate(world)
    assert load.models == ("a", "b")
    assert np.mean(load.model == 0) == pytest.approx(2 / 3, abs=0.03)
    assert best_latency_s(world, "a") == pytest.approx(0.007)
    assert best_latency_s(world, "b") == pytest.approx(0.052)
    assert best_latency_s(world, "c") == inf
    assert np.unique(load.qos_s).tolist() == pytest.approx([0.014, 0.035, 0.104, 0.26])
    assert np.mean(load.qos_s[load.model == 0] > 0.02) == pytest.approx(0.5, abs=0.04)


def test_what_is_served_comes_evenly() -> None:
    """Without a mix every model that a pool serves has the same share."""
    assert shares(drawn()) == {"a": 0.5, "b": 0.5}


def test_works() -> None:
    """Works are 1 without a variation, else log-normal around 1; expiry is in times of the QoS."""
    assert set(generate(drawn()).work) == {1.0}
    load = generate(drawn(work_cv=0.5, expiry=3.0))
    assert load.work.mean() == pytest.approx(1.0, abs=0.03)
    assert load.work.std() == pytest.approx(0.5, abs=0.05)
    assert load.expiry_s.tolist() == (3.0 * load.qos_s).tolist()


def test_seeds() -> None:
    """Both seeds count; what is changed leaves the other draws alone."""
    plain = generate(drawn())
    assert np.array_equal(plain.arrival_s, generate(drawn()).arrival_s)
    assert not np.array_equal(plain.arrival_s, generate(drawn(), 1).arrival_s)
    assert not np.array_equal(plain.arrival_s, generate(drawn(seed=1)).arrival_s)
    assert np.array_equal(plain.arrival_s, generate(drawn(work_cv=0.5, qos=3.0)).arrival_s)


def test_a_trace() -> None:
    """Stretched to the rate, from 0 on; begun anew where it is too short; without a rate as is."""
    asked: dict[str, Any] = {"process": "trace", "file": "t.csv", "load": None}
    plain = generate(drawn(count=3, **asked), trace=[5.0, 6.0, 8.0])
    assert plain.arrival_s.tolist() == [0.0, 1.0, 3.0]
    twice = generate(drawn(count=5, **asked), trace=[5.0, 6.0, 8.0])
    assert twice.arrival_s.tolist() == [0.0, 1.0, 3.0, 4.5, 5.5]
    faster = generate(drawn(count=3, **asked | {"rate": 4.0}), trace=[5.0, 6.0, 8.0])
    assert faster.arrival_s.tolist() == pytest.approx([0.0, 1 / 6, 0.5])


def test_what_cannot_be_drawn() -> None:
    """Requests of a file are not drawn, and a trace needs times."""
    with pytest.raises(SchedulerError, match="requests: found a file"):
        generate(scenario(PROFILES, *POOLS, requests=Recorded(file="x.csv")))
    with pytest.raises(SchedulerError, match="found 0 arrival times, allowed: at least 2"):
        generate(drawn(process="trace", file="t.csv"))
