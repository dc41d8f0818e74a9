"""KAIROS."""

from tests.support.decisions import completion, pool
from tests.support.placing import FAST_AND_SLOW, arrived, later, slots, told

MIXED = {
    ("net", "gpu"): 0.1,
    ("net", "cpu"): 0.4,
    ("text", "gpu"): 0.1,
    ("text", "cpu"): 0.1,
}


def test_least_weighted_latency_together() -> None:
    """The slow slot gets the request that suffers least there, whoever came first."""
    policy = told("kairos", [pool("cpu", "net", "text"), pool("gpu", "net", "text")], MIXED)
    placed = arrived(policy, [("a", "net", 9.0), ("b", "text", 9.0)])
    assert slots(placed) == {"a": "gpu#0", "b": "cpu#0"}


def test_matched_with_a_busy_slot_it_waits() -> None:
    """A request does not take an idle slot that is worse than waiting for a busy one."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.05,))]
    policy = told("kairos", pools)
    assert not arrived(policy, [("a", "net", 0.2)])
    assert slots(later(policy, [pool("cpu", "net"), pool("gpu", "net")], 0.05)) == {"a": "gpu#0"}


def test_the_slow_slot_is_weighed_less() -> None:
    """C makes a slot cheap that is slow for all: it is used though the fast one ends sooner."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.05,))]
    assert slots(arrived(told("kairos", pools), [("a", "net", 9.0)])) == {"a": "cpu#0"}


def test_safeguard() -> None:
    """A match that would leave less than a share of the QoS counts as late."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.05,))]
    tight = [("a", "net", 0.303)]
    assert not arrived(told("kairos", pools), tight)
    assert slots(arrived(told("kairos:safeguard=0.001", pools), tight)) == {"a": "cpu#0"}


def test_the_head_of_the_queue() -> None:
    """Only the first two requests per slot are matched; the third waits, however urgent."""
    policy = told("kairos", [pool("gpu", "net", free=(9.0,))])
    arrived(policy, [("a", "net", 9.9), ("b", "net", 9.9), ("c", "net", 9.15)])
    (placed,) = later(policy, [pool("gpu", "net", free=(9.0,))], 9.0)
    assert placed.key in {"a", "b"}


def test_doomed_last() -> None:
    """In the other form the late are not in the head; they fill what the matching left idle."""
    pools = [pool("gpu", "net")]
    requests = [("late 1", "net", 0.01), ("late 2", "net", 0.01), ("a", "net", 0.5)]
    assert "a" not in slots(arrived(told("kairos", pools), requests))
    policy = told("kairos:doomed=last", pools)
    assert slots(arrived(policy, requests)) == {"a": "gpu#0"}
    (placed,) = later(policy, [pool("gpu", "net", free=(0.1,))], 0.1)
    assert (placed.key, placed.doomed) == ("late 1", True)


def test_a_model_that_is_not_served() -> None:
    """It neither blocks the head nor is placed, until a pool serves it."""
    pools = [pool("gpu", "net")]
    policy = told("kairos", pools)
    requests = [("x", "text", 9.0), ("y", "text", 9.0), ("a", "net", 9.0)]
    assert slots(arrived(policy, requests)) == {"a": "gpu#0"}
    both = [pool("gpu", "net", free=(9.0,)), pool("cpu", "text", "net")]
    (placed,) = later(policy, both, 0.1)
    assert placed.key in {"x", "y"}


def test_shared_slot() -> None:
    """Two pools on one board are two columns, yet the board gets one request."""
    pools = [pool("cpu-a", "net", slots=("board",)), pool("cpu-b", "net", slots=("board",))]
    policy = told("kairos", pools)
    assert len(arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0)])) == 1


def test_ties() -> None:
    """A seed may choose among equals, the same each time; the best stays the best."""
    pools = [pool("gpu", "net", free=(0.0,) * 8)]
    requests = [("a", "net", 9.0)]
    chosen = [
        slots(arrived(told(f"kairos:tie_seed={seed}", pools), requests))["a"]
        for seed in (0, 1, 1, 2, 3, 4)
    ]
    assert chosen[0] == "gpu#0"
    assert chosen[1] == chosen[2]
    assert len(set(chosen)) > 1


def test_coefficients_follow_the_estimates() -> None:
    """Corrected, a pool that turned out as fast as the best is weighed like it."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.05,))]
    for form, expected in (("profile", {"a": "cpu#0"}), ("corrected", {})):
        policy = told(f"kairos:estimates={form}", pools, FAST_AND_SLOW)
        policy.decide(0.0)
        for _ in range(30):
            policy.completed(completion("net", pools[0], 3.0), 0.0)
        assert slots(arrived(policy, [("a", "net", 2.5)])) == expected


def test_wakes_a_pool_at_zero() -> None:
    """A pool at zero is a column that is free after its cold start."""
    pools = [pool("gpu", "net", free=(), wakeable=2, cold_start_s=0.5)]
    placed = arrived(told("kairos", pools), [("a", "net", 9.0), ("b", "net", 9.0)])
    assert slots(placed) == {"a": "", "b": ""}
    assert [item.expected_start_s for item in placed] == [0.5, 0.5]
