"""What live pools draw, and that the policy saves it."""

import pytest
from msgspec import structs

from profiles.schema import Profile
from scheduler.estimator import Estimator
from scheduler.policies.synergai import SynergaiParameters, SynergaiPolicy
from tests.support.decisions import CONFIGURATION, profile
from tests.support.stream_world import World


def known() -> list[Profile]:
    """Two machines, the fast one four times as hungry per request."""
    return [profile("m", "gpu", 0.01), profile("m", "jetson", 0.04)]


def test_a_pool_draws_what_was_declared_or_what_profiles_know() -> None:
    """Watts of the declaration go before joules over seconds of the profile; else it is unknown."""
    gpu, jetson = known()
    estimator = Estimator([structs.replace(gpu, energy_j=2.0), jetson])
    world = World(estimates=estimator)
    world.pool("a", architecture="gpu", configuration=CONFIGURATION.key)
    world.pool("b", architecture="gpu", configuration=CONFIGURATION.key, busy_w=70.0)
    world.pool("c", architecture="jetson", configuration=CONFIGURATION.key)
    states = world.start().core._book.slots.states(world.now_s)
    assert {one.name: one.busy_w for one in states} == pytest.approx({"a": 200, "b": 70, "c": 0})


def test_saving_uses_the_frugal_pool_where_deadlines_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Told by live events alone, the search puts a price on joules and the hungry pool idles."""
    monkeypatch.setattr("scheduler.tuning.job.FIRST_GENERATIONS", 1)
    policy = SynergaiPolicy(Estimator(known()), SynergaiParameters(energy="save"))
    world = World(policy=policy)
    for name, watts in (("gpu", 200.0), ("jetson", 5.0)):
        world.pool(name, architecture=name, configuration=CONFIGURATION.key, busy_w=watts)
    world.start()
    served(world, 150)
    job = policy.tuning()
    assert job is not None
    assert job.problem.world.watts.tolist() == [200.0, 5.0]
    found = job.run()
    assert found.energy > 0
    policy.tuned(found, world.now_s)
    before = len(world.placed)
    served(world, 20)
    assert {place.decision.pool for place in world.placed[before:]} == {"jetson"}


def served(world: World, count: int) -> None:
    """Requests one after the other, each answered before the next comes."""
    for number in range(count):
        for name in ("gpu", "jetson"):
            world.hold(f"{name}-1", pool=name)
        world.submit(f"{len(world.placed)}-{number}")
        world.now_s += 0.2
        world.report(world.placed[-1], instance=f"{world.placed[-1].decision.pool}-1")
