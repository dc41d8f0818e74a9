"""Drift and outages: what the machines do, and when the policy learns of it."""

import numpy as np
import pytest

from scheduler.simulator.engine import simulate
from scheduler.simulator.types import Drift, Outage
from tests.support.scenarios import asked, one, play, scenario
from tests.support.straight import Straight

PROFILES = {"a": {"edge": 1.0, "gpu": 1.0}}


@pytest.mark.parametrize(
    ("drift", "ends"),
    [
        (Drift(at_s=1.0, factor=3.0, architecture="edge"), [1.0, 1.0, 1.0, 5.0, 5.0, 3.0]),
        (Drift(at_s=1.0, factor=3.0, pool="edge"), [1.0, 1.0, 1.0, 5.0, 5.0, 3.0]),
        (Drift(at_s=1.0, factor=3.0, pool="edge", instance=1), [1.0, 1.0, 1.0, 3.0, 5.0, 3.0]),
        (Drift(at_s=2.5, factor=3.0, architecture="edge"), [1.0, 1.0, 1.0, 3.0, 3.0, 3.0]),
    ],
)
def test_drift(drift: Drift, ends: list[float]) -> None:
    """From its moment on what starts takes so many times as long, where it concerns."""
    world = scenario(PROFILES, one("edge", 2), one("gpu"), drift=(drift,))
    places = ["edge#0", "edge#1", "gpu"]
    load = asked([(t, "a", 9.0) for t in (0.0, 0.0, 0.0, 2.0, 2.0, 2.0)])
    run = simulate(world, load, Straight(lambda request: places[int(request.key) % 3]))
    assert run.end_s.tolist() == ends


def test_the_latest_drift_counts() -> None:
    """Factors are not multiplied: each is in place of the one before."""
    drifts = (
        Drift(at_s=3.0, factor=1.0, architecture="edge"),
        Drift(at_s=1.0, factor=2.0, architecture="edge"),
    )
    world = scenario(PROFILES, one("edge"), drift=drifts)
    run = simulate(world, asked([(t, "a", 9.0) for t in (0.0, 1.0, 5.0)]), Straight("edge"))
    assert run.end_s.tolist() == [1.0, 3.0, 6.0]


def test_what_an_outage_takes_comes_back() -> None:
    """What ran is lost; once its answer is overdue the slots are gone and it waits again."""
    world = scenario(
        PROFILES, one("edge"), one("gpu"), outages=(Outage(pool="edge", from_s=0.5, to_s=9.0),)
    )
    policy = Straight(lambda request: "edge" if request.attempt == 1 else "gpu")
    run = simulate(world, asked([(0.0, "a", 9.0), (1.0, "a", 9.0)]), policy)
    assert policy.arrivals == [(0.0, "0", 1), (1.0, "1", 1), (2.0, "0", 2), (2.0, "1", 2)]
    assert policy.told[-1] == (2.0, ())
    assert run.end_s.tolist() == [3.0, 4.0]
    assert run.attempts.tolist() == [2, 2]
    assert run.pool.tolist() == [1, 1]


def test_an_outage_that_is_over_before_it_is_noticed() -> None:
    """The instance is back and says that it holds nothing: what was lost waits again at once."""
    world = scenario(PROFILES, one("edge"), outages=(Outage(pool="edge", from_s=0.5, to_s=1.5),))
    policy = Straight("edge", lease_s=60.0)
    run = simulate(world, asked([(0.0, "a", 9.0)]), policy)
    assert policy.arrivals == [(0.0, "0", 1), (1.5, "0", 2)]
    assert run.end_s.tolist() == [2.5]


def test_an_outage_noticed_by_silence() -> None:
    """After ``notice_s`` it is noticed in any case, and what is back is told."""
    outage = Outage(pool="edge", from_s=1.0, to_s=3.0, instance=0)
    world = scenario(PROFILES, one("edge", 2), outages=(outage,), notice_s=0.5)
    policy = Straight("edge#1")
    simulate(world, asked([(t, "a", 9.0) for t in (0.0, 2.0, 4.0)]), policy)
    assert [free for _, free in policy.told] == [(0.0, 0.0), (0.0,), (0.0, 0.0)]


def test_a_dead_pool() -> None:
    """An outage without an end; all that can be is done elsewhere."""
    outages = (Outage(pool="edge", from_s=2.0),)
    world = scenario(PROFILES, one("edge", 2), one("gpu", 2), outages=outages)
    load = asked([(t / 10, "a", 9.0) for t in range(60)])
    for policy in ("round-robin", "edf", "slo-mael", "kairos"):
        run = play(world, load, policy)
        assert np.isfinite(run.end_s).all()
        assert (run.pool[run.end_s > 2.0] == 1).all()


def test_overlapping_outages() -> None:
    """A slot is back when the last of its outages is over."""
    outages = (
        Outage(pool="edge", from_s=1.0, to_s=3.0),
        Outage(pool="edge", from_s=2.0, to_s=4.0, instance=0),
    )
    world = scenario(PROFILES, one("edge"), outages=outages, notice_s=0.0)
    run = play(world, asked([(1.5, "a", 9.0)]), "edf")
    assert run.start_s.tolist() == [4.0]
