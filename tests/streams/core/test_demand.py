"""What a worker says that its requests ask for."""

import pytest

from scheduler.demand import EDGES_S, Demand, ModelDemand
from tests.support.stream_world import World


def asked(world: World) -> Demand:
    """The demand now."""
    return world.core.demand("w", world.now_s)


def of_model(world: World) -> ModelDemand:
    """That of the only model."""
    (found,) = asked(world).models
    return found


@pytest.fixture
def world() -> World:
    """One pool with one slot."""
    world = World().start()
    world.pool()
    world.hold()
    return world


def test_what_waits_and_what_is_placed(world: World) -> None:
    """One request runs, two wait with their second of slack."""
    for name in "abc":
        world.submit(name)
    demand, found = asked(world), of_model(world)
    (pool,) = demand.pools
    assert (demand.worker, pool.pool, pool.held) == ("w", "edge", 1)
    assert pool.service_s["m"] > 0
    assert (found.waiting, found.due[EDGES_S.index(1.0)], found.due[0]) == (2, 2, 0)
    assert found.budget_s == pytest.approx(1.0, abs=0.01)


def test_what_is_answered_is_held_no_more(world: World) -> None:
    """An answer frees the pool; what came still says what may come."""
    world.submit("a")
    world.report(world.placed[0])
    world.hold()
    demand = asked(world)
    assert (demand.pools[0].held, demand.models[0].waiting) == (0, 0)
    assert demand.models[0].coming[-1] > 0


def test_what_no_pool_serves_yet_is_asked_for_nowhere() -> None:
    """Without a pool that serves it a request waits, and no pool is named."""
    world = World()
    world.own(0)
    world.submit("a")
    assert (of_model(world).waiting, asked(world).pools) == (1, ())


def test_what_was_taken_over_is_no_arrival(world: World) -> None:
    """A request that was sent long ago says nothing of what comes now, but it waits."""
    old = world.stamp(world.now_s - 100)
    record = world.submit("old", time=old)
    assert world.core.arrivals == 1
    late = World().start()
    late.now_s = world.now_s + 100.0
    late.deliver(record)
    assert late.core.arrivals == 0


def test_a_repeat_is_no_arrival(world: World) -> None:
    """The same request again asks for nothing more."""
    record = world.submit("a")
    world.deliver(record)
    world.submit("a")
    assert world.core.arrivals == 1


def test_a_lost_partition_asks_for_nothing(world: World) -> None:
    """What another worker owns now is counted there."""
    for name in "abc":
        world.submit(name)
    world.core.revoked(0)
    demand = asked(world)
    assert (demand.models[0].waiting, demand.pools[0].held) == (0, 0)
