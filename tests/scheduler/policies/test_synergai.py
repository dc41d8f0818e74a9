"""Our policy behind the interface, by hand."""

import pytest

from scheduler.errors import SchedulerError
from scheduler.estimator import Estimator
from scheduler.policies.synergai import SynergaiParameters, SynergaiPolicy
from scheduler.types import PoolState
from tests.support.decisions import completion, estimator, pool, request

SECONDS = {
    ("net", "gpu"): 0.01,
    ("net", "cpu"): 0.04,
    ("text", "gpu"): 0.1,
    ("text", "cpu"): 0.12,
}
GPU, CPU = pool("gpu", "net", "text"), pool("cpu", "net", "text")


def policy(*pools: PoolState, estimates: Estimator | None = None) -> SynergaiPolicy:
    """The policy over these pools, untuned."""
    made = SynergaiPolicy(estimates or estimator(SECONDS), SynergaiParameters(tune="off"))
    made.capacity(pools or (GPU, CPU), 0.0)
    return made


def test_leaves_the_fast_pool_to_those_who_need_it() -> None:
    """A request that a slow slot can meet goes there, so that a tight one finds the fast slot."""
    tested = policy()
    tested.arrived(request("easy", "text", 0.13), 0.0)
    tested.arrived(request("tight", "net", 0.02), 0.0)
    assert {p.key: p.pool for p in tested.decide(0.0)} == {"easy": "cpu", "tight": "gpu"}


def test_explains_itself() -> None:
    """A placement names its slot, its candidates and a reason."""
    tested = policy()
    tested.arrived(request("one", "net", 0.02), 0.0)
    placed = tested.decide(0.0)[0]
    assert placed.slot == "gpu#0"
    assert [c.pool for c in placed.candidates] == ["gpu", "cpu"]
    assert "costs the others least" in placed.reason


def test_waits_for_its_slot() -> None:
    """What must wait for a slot stays with the policy until the slot opens."""
    tested = policy(pool("gpu", "net", free=(0.5,)))
    tested.arrived(request("one", "net", 5.0), 0.0)
    assert tested.decide(0.0) == ()
    tested.capacity([pool("gpu", "net", free=(0.0,))], 0.5)
    assert [p.key for p in tested.decide(0.5)] == ["one"]


def test_late_requests_wait_for_what_is_left() -> None:
    """A late request is told as doomed and runs when nothing else wants the slot."""
    tested = policy(pool("gpu", "net"))
    tested.arrived(request("late", "net", -1.0), 0.0)
    tested.arrived(request("good", "net", 1.0), 0.0)
    assert tested.doomed(0.0) == ["late"]
    assert [p.key for p in tested.decide(0.0)] == ["good"]
    tested.capacity([pool("gpu", "net")], 0.1)
    placed = tested.decide(0.1)
    assert [(p.key, p.doomed) for p in placed] == [("late", True)]


def test_learns_from_reports() -> None:
    """A pool that turns out slow is no longer trusted with a tight request."""
    tested = policy()
    for number in range(12):
        tested.completed(completion("net", CPU, 0.4), float(number))
    tested.arrived(request("one", "net", 20.2), 20.0)
    assert [p.pool for p in tested.decide(20.0)] == ["gpu"]


def test_wakes_a_pool_at_zero() -> None:
    """Where nothing else serves a model in time a sleeping pool is woken."""
    tested = policy(pool("gpu", "net", free=(), wakeable=1, cold_start_s=0.5))
    tested.arrived(request("one", "net", 1.0), 0.0)
    placed = tested.decide(0.0)
    assert [(p.pool, p.slot) for p in placed] == [("gpu", "")]
    assert "wakes the pool" in placed[0].reason


def test_priority_goes_first() -> None:
    """Of two that cannot both be met the one of higher priority is."""
    tested = policy(pool("gpu", "net"))
    tested.arrived(request("low", "net", 0.011), 0.0)
    tested.arrived(request("high", "net", 0.012, priority=1), 0.0)
    assert [p.key for p in tested.decide(0.0)] == ["high"]


def test_unserved_models_wait_for_a_pool() -> None:
    """A request that no pool serves waits beside the queue until one comes."""
    tested = policy(pool("gpu", "net"))
    tested.arrived(request("one", "text", 9.0), 0.0)
    assert not tested.decide(0.0)
    tested.capacity([GPU, CPU], 1.0)
    assert [p.key for p in tested.decide(1.0)] == ["one"]


def test_state_is_restored() -> None:
    """Weights of an earlier run are gone by; anything else is refused."""
    tuned = policy()
    assert tuned.tuning() is None
    other = policy()
    other.restore(tuned.state())
    assert other.state() == tuned.state()
    with pytest.raises(SchedulerError, match="tuned weights"):
        other.restore(b"no")
