"""How many instances each pool should have: where the work is cheapest and can still be met."""

from collections.abc import Mapping

from k8s.prewarm import reading
from k8s.prewarm.wishing import Standing, wishes
from scheduler.demand import Demand
from tests.support.cluster_objects import demand, model, pool


def standing(
    name: str = "gpu-a",
    *,
    slots: int = 2,
    floor: int = 0,
    cold_start_s: float = 2.0,
    warm: int = 0,
    limit: int = 8,
    annotations: Mapping[str, str] | None = None,
) -> Standing:
    """A pool now."""
    facts = reading.pool(
        pool(name, slots=slots, floor=floor, cold_start_s=cold_start_s, annotations=annotations)
    )
    assert facts is not None
    return Standing(facts=facts, warm=warm, placed=warm, limit=limit)


def wished(said: Demand, *pools: Standing) -> dict[str, int]:
    """Instances by pool."""
    return {wish.pool: wish.instances for wish in wishes(said, pools)}


def test_no_demand_wishes_for_the_least_scale() -> None:
    """Without demand a pool may sleep, or have what its Service asks for."""
    pools = (standing("gpu-a"), standing("gpu-b", floor=1))
    assert wished(demand(), *pools) == {"gpu-a": 0, "gpu-b": 1}


def test_what_waits_wakes_a_pool() -> None:
    """Twenty requests of 0.4 s that are due in 5 s need three slots from the third second on."""
    said = demand(model(waiting=20, due_s=5.0), gpu_a=0.4)
    assert wished(said, standing()) == {"gpu-a": 2}


def test_a_steady_rate_keeps_what_it_needs() -> None:
    """Ten a second of 0.3 s keep four slots."""
    said = demand(model(rate=10.0), gpu_a=0.3)
    assert wished(said, standing(warm=2)) == {"gpu-a": 2}


def test_a_request_now_and_then_keeps_nothing_awake() -> None:
    """One a minute is not worth an instance."""
    assert wished(demand(model(rate=1 / 60), gpu_a=0.3), standing()) == {"gpu-a": 0}


def test_where_it_is_cheapest_first() -> None:
    """Of pools that can keep the deadlines the one with the least instance time is warmed."""
    said = demand(model(rate=5.0), gpu_a=0.1, xeon_a=0.4)
    pools = (standing("xeon-a", slots=2), standing("gpu-a", slots=2))
    assert wished(said, *pools) == {"xeon-a": 0, "gpu-a": 1}


def test_what_is_too_slow_comes_last() -> None:
    """A cheap pool that cannot keep the deadline is no choice while there is another."""
    said = demand(model(rate=5.0, budget_s=0.5), gpu_a=0.4, jetson_a=0.8)
    pools = (standing("jetson-a", slots=8), standing("gpu-a", slots=2))
    assert wished(said, *pools) == {"jetson-a": 0, "gpu-a": 2}


def test_what_is_warm_is_filled_first() -> None:
    """Slots that are there are used before a cheaper pool is woken."""
    said = demand(model(rate=2.0), gpu_a=0.1, xeon_a=0.4)
    pools = (standing("xeon-a", warm=1), standing("gpu-a"))
    assert wished(said, *pools) == {"xeon-a": 1, "gpu-a": 0}


def test_a_spare_instance_of_what_is_in_use() -> None:
    """One more is kept of pools in use, as far as there is room; for what cannot be foreseen."""
    said = demand(model(rate=2.0), gpu_a=0.3)
    pools = [standing("gpu-a", warm=1), standing("gpu-b"), standing("gpu-c")]
    assert {w.pool: w.instances for w in wishes(said, pools, 1)} == {
        "gpu-a": 2, "gpu-b": 0, "gpu-c": 0,
    }  # fmt: skip
    assert wishes(said, [standing(warm=1, limit=1)], 1)[0].instances == 1


def test_a_full_pool_passes_on_what_it_cannot_take() -> None:
    """Where there is no room for more the rest goes to the next."""
    said = demand(model(rate=30.0), gpu_a=0.2, xeon_a=0.4)
    found = wished(said, standing("gpu-a", limit=2), standing("xeon-a"))
    assert found["gpu-a"] == 2
    assert found["xeon-a"] == 4


def test_the_reason_says_that_there_is_no_room() -> None:
    """An operator is told what was wanted and why it is not done."""
    (wish,) = wishes(demand(model(rate=30.0), gpu_a=0.2), [standing(limit=2)])
    assert wish.instances == 2
    assert "for m" in wish.reason

    held = demand(model(), held={"gpu-a": 40}, gpu_a=0.5)
    (wish,) = wishes(held, [standing(limit=2, cold_start_s=0.5)])
    assert "there is room for 2" in wish.reason


def test_a_draining_pool_is_given_nothing() -> None:
    """What drains is not warmed, whatever waits."""
    draining = standing(annotations={"synergai.org/state": "draining"})
    said = demand(model(waiting=20, due_s=5.0), gpu_a=0.4)
    assert wished(said, draining) == {"gpu-a": 0}


def test_models_share_a_pool() -> None:
    """What two models need of a pool adds up."""
    said = demand(model("a", rate=5.0), model("b", rate=5.0), gpu_a=0.3)
    assert wished(said, standing(warm=1)) == {"gpu-a": 2}


def test_what_is_placed_on_a_sleeping_pool_wakes_enough() -> None:
    """Placements that no slot has yet count like what waits."""
    said = demand(model(budget_s=3.0), held={"gpu-a": 8}, gpu_a=0.5)
    assert wished(said, standing()) == {"gpu-a": 2}


def test_a_pool_that_no_worker_has_times_of_is_left_alone() -> None:
    """What the scheduler does not know to run there does not warm it."""
    assert wished(demand(model(rate=30.0), gpu_a=0.2), standing("other")) == {"other": 0}
