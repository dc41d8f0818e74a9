"""The bracket holds for whole simulations: no policy beats the bound, the schedule can be run."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scheduler import registry
from scheduler.bracket import bound, regret
from scheduler.bracket.bracket import bracket
from scheduler.bracket.world import problem_of
from scheduler.simulator.engine import simulate
from scheduler.simulator.generate import generate
from scheduler.simulator.results import violated
from scheduler.simulator.types import Drift, EstimateError, Generated, Outage, Scenario
from tests.scheduler.bracket.replay import Replay
from tests.support.scenarios import Profiles, asked, one, play, scenario

PROFILES: Profiles = {
    "small": {"edge": 0.011, "gpu": {1: 0.003, 4: 0.006}},
    "large": {"edge": 0.09, "gpu": 0.017},
}


def variants() -> list[str]:
    """All policies, those that have two forms in both."""
    both = [name for name in registry.names() if "doomed" in registry.load(name)[1].__annotations__]
    return [*registry.names(), *(f"{name}:doomed=last" for name in both)]


def warm(world: Scenario) -> Scenario:
    """The same with every pool awake."""
    return replace(world, pools=tuple(replace(pool, start="warm") for pool in world.pools))


@st.composite
def worlds(draw: st.DrawFn) -> Scenario:
    """Two kinds of machines with whatever can happen to them, and some dozens of requests."""
    cold = draw(st.booleans())
    pools = (
        one("edge", draw(st.integers(1, 3))),
        one("gpu", start="cold" if cold else "warm", cold_start_s=0.05),
    )
    requests = Generated(
        count=draw(st.integers(1, 40)),
        seed=draw(st.integers(0, 99)),
        load=draw(st.sampled_from([0.5, 1.0, 2.0])),
        process=draw(st.sampled_from(["poisson", "gamma"])),
        work_cv=draw(st.sampled_from([0.0, 0.5])),
    )
    return scenario(
        PROFILES,
        *pools,
        requests=requests,
        hop_s=draw(st.sampled_from([0.0, 0.002])),
        drift=draw(st.sampled_from([(), (Drift(at_s=0.1, factor=0.5, architecture="edge"),)])),
        outages=draw(st.sampled_from([(), (Outage(pool="gpu", from_s=0.05, to_s=0.2),)])),
        estimate_error=EstimateError(per_request=draw(st.sampled_from([0.0, 0.4]))),
    )


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_no_policy_has_fewer_violations_than_the_bound(world: Scenario) -> None:
    """Whatever the world: every policy that there is, in both forms, batches and all."""
    load = generate(world, 0)
    ends = bound(world, load, 0)
    assert 0 <= ends["violations_at_least"] <= ends["violations_feasible"] <= load.work.size
    for variant in variants():
        assert violated(load, play(world, load, variant)).sum() >= ends["violations_at_least"]


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_the_schedule_found_can_be_run(world: Scenario) -> None:
    """Played in the simulator it meets what it says, and what it does not run is never run."""
    world = warm(world)
    load = generate(world, 0)
    problem = problem_of(world, load, 0, cold=False)
    found = bracket(problem, problem, 0)
    run = simulate(world, load, Replay(world, load, found.schedule), seed=0)
    assert violated(load, run).sum() == found.feasible
    assert np.array_equal(np.isfinite(run.end_s), found.schedule.line >= 0)


def test_ratios_are_of_all_requests() -> None:
    """Four at once on a machine that has time for one: three of four."""
    world = scenario({"net": {"gpu": 1.0}}, one("gpu"))
    ends = bound(world, asked([(0.0, "net", 1.5)] * 4), 1)
    assert ends == {
        "violations_at_least": 3,
        "violation_ratio_at_least": 0.75,
        "violations_feasible": 3,
        "violation_ratio_feasible": 0.75,
    }


def test_without_requests_nothing_is_violated() -> None:
    """An empty workload has an empty bracket."""
    world = scenario({"net": {"gpu": 1.0}}, one("gpu"))
    assert set(bound(world, asked([]), 1).values()) == {0}


def test_regret_is_what_a_clairvoyant_would_have_met() -> None:
    """Round robin sends every other request to a machine that is too slow for it."""
    world = scenario({"net": {"slow": 5.0, "fast": 0.1}}, one("slow"), one("fast"))
    load = asked([(float(second), "net", 1.0) for second in range(10)])
    run = play(world, load, "round-robin")
    assert regret(load, run, bound(world, load, 0)) == {"over_feasible": 5, "at_most": 5}
