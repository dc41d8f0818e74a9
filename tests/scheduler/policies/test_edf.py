"""The rules of the EDF policy, one by one."""

from collections.abc import Sequence

import pytest

from scheduler.policies.edf import EdfPolicy
from scheduler.types import Placement, PoolState, Request
from tests.support.decisions import completion, edf, pool, request

FAST_AND_SLOW = {("net", "gpu"): 0.1, ("net", "cpu"): 0.3}


def decide(
    policy: EdfPolicy, pools: Sequence[PoolState], requests: Sequence[Request], now: float = 0.0
) -> dict[str, str]:
    """What goes where at ``now``."""
    policy.capacity(pools, now)
    for item in requests:
        policy.arrived(item, now)
    return where(policy.decide(now))


def where(placements: Sequence[Placement]) -> dict[str, str]:
    """The pool by key, in order of placing."""
    return {placement.key: placement.pool for placement in placements}


def test_fastest_idle_pool() -> None:
    """An idle fast pool is preferred to an idle slow one."""
    pools = [pool("cpu", "net"), pool("gpu", "net")]
    assert decide(edf(FAST_AND_SLOW), pools, [request("a", "net", 1.0)]) == {"a": "gpu"}


def test_earlier_deadline_first() -> None:
    """Of two requests for one slot, that with the earlier deadline is placed."""
    requests = [request("late", "net", 5.0), request("soon", "net", 1.0)]
    assert decide(edf(FAST_AND_SLOW), [pool("gpu", "net")], requests) == {"soon": "gpu"}


def test_priority_before_deadline() -> None:
    """A higher priority goes before an earlier deadline."""
    requests = [request("soon", "net", 1.0), request("dear", "net", 5.0, priority=1)]
    assert decide(edf(FAST_AND_SLOW), [pool("gpu", "net")], requests) == {"dear": "gpu"}


def test_first_come_first_served_among_equals() -> None:
    """Requests of equal deadline are placed in order of arrival."""
    requests = [request("first", "net", 1.0), request("second", "net", 1.0)]
    assert decide(edf(FAST_AND_SLOW), [pool("gpu", "net")], requests) == {"first": "gpu"}


def test_waits_for_faster_busy_pool() -> None:
    """A request waits for a busy pool that will answer earlier than an idle slower one."""
    pools = [pool("gpu", "net", free=(0.1,)), pool("cpu", "net")]
    assert decide(edf(FAST_AND_SLOW), pools, [request("a", "net", 1.0)]) == {}


def test_idle_slow_pool_when_queue_is_longer() -> None:
    """An idle slow pool is taken when the fast one would answer later."""
    pools = [pool("gpu", "net", free=(0.25,)), pool("cpu", "net")]
    assert decide(edf(FAST_AND_SLOW), pools, [request("a", "net", 1.0)]) == {"a": "cpu"}


def test_waiting_reserves_its_slot() -> None:
    """Requests that wait for the fast pool push later ones to the idle slow pool."""
    pools = [pool("gpu", "net", free=(0.05,)), pool("cpu", "net")]
    requests = [request(key, "net", 2.0) for key in "abc"]
    assert decide(edf(FAST_AND_SLOW), pools, requests) == {"c": "cpu"}


def test_waiting_does_not_hold_back_others() -> None:
    """A request that waits for its pool does not hold back one that fits elsewhere."""
    seconds = {("net", "gpu"): 0.1, ("text", "cpu"): 0.1}
    pools = [pool("gpu", "net", free=(0.5,)), pool("cpu", "text")]
    requests = [request("waits", "net", 1.0), request("fits", "text", 9.0)]
    assert decide(edf(seconds), pools, requests) == {"fits": "cpu"}


def test_infeasible_burst_does_not_hold_back_later_deadlines() -> None:
    """Thousands that the plan cannot meet do not keep a later request from an idle pool."""
    pools = [pool("gpu", "net", free=(0.15,)), pool("cpu", "net")]
    burst = [request(f"b{i}", "net", 0.26) for i in range(2000)]
    placed = decide(edf(FAST_AND_SLOW), pools, [*burst, request("later", "net", 0.31)])
    assert placed == {"later": "cpu"}


def test_leaves_within_round_trip_and_margin() -> None:
    """A placement leaves when the slot is expected free within the round trip plus the margin."""
    policy = edf(FAST_AND_SLOW, margin_s=0.01)
    busy = pool("gpu", "net", free=(0.05,), hop_s=0.02)
    assert decide(policy, [busy], [request("a", "net", 1.0)]) == {}
    opens = policy.wake_at_s()
    assert opens == pytest.approx(0.02)
    assert opens is not None
    assert where(policy.decide(opens)) == {"a": "gpu"}


def test_short_requests_hide_the_hop_several_deep() -> None:
    """Several short requests leave for one slot as long as it is free within the window."""
    seconds = {("tiny", "gpu"): 0.001}
    requests = [request(f"r{i}", "tiny", 1.0) for i in range(9)]
    assert len(decide(edf(seconds), [pool("gpu", "tiny", hop_s=0.006)], requests)) == 4


def test_slots_stay_taken_until_next_capacity() -> None:
    """A slot that a placement took is not given again before the next word on capacity."""
    policy = edf(FAST_AND_SLOW)
    gpu = pool("gpu", "net")
    assert decide(policy, [gpu], [request(key, "net", 9.0) for key in "ab"]) == {"a": "gpu"}
    assert where(policy.decide(0.01)) == {}
    policy.capacity([gpu], 0.02)
    assert where(policy.decide(0.02)) == {"b": "gpu"}


def test_shared_slot_is_given_once() -> None:
    """Two pools that share a slot take one request, not two."""
    pools = [pool("gpu-a", "net", slots=("board",)), pool("gpu-b", "net", slots=("board",))]
    requests = [request(key, "net", 9.0) for key in "ab"]
    assert len(decide(edf(FAST_AND_SLOW), pools, requests)) == 1


def test_doomed_runs_when_idle() -> None:
    """A request that cannot meet its deadline runs on a slot that would be idle, marked doomed."""
    policy = edf(FAST_AND_SLOW)
    policy.capacity([pool("gpu", "net")], 0.0)
    policy.arrived(request("a", "net", 0.05), 0.0)
    assert policy.doomed(0.0) == ["a"]
    (placement,) = policy.decide(0.0)
    assert placement.doomed
    assert placement.reason.startswith("cannot meet its deadline")


def test_doomed_never_displaces() -> None:
    """A doomed request leaves the slot to one that can still be met, whatever its priority."""
    requests = [request("doomed", "net", 0.05, priority=9), request("meets", "net", 1.0)]
    assert decide(edf(FAST_AND_SLOW), [pool("gpu", "net")], requests) == {"meets": "gpu"}


def test_doomed_by_expiry() -> None:
    """The doomed are set aside in order of expiry."""
    policy = edf(FAST_AND_SLOW)
    requests = [request("a", "net", 0.01, expiry=9.0), request("b", "net", 0.05, expiry=5.0)]
    assert decide(policy, [pool("gpu", "net")], requests) == {"b": "gpu"}
    assert policy.doomed(0.0) == ["a"]


def test_doomed_past_expiry_is_not_placed() -> None:
    """A doomed request whose answer would come after its expiry is not placed."""
    requests = [request("a", "net", 0.05, expiry=0.09)]
    assert decide(edf(FAST_AND_SLOW), [pool("gpu", "net")], requests) == {}


def test_expiry_before_deadline_counts() -> None:
    """A request that expires before its deadline is doomed, and not run, once it cannot make it."""
    policy = edf(FAST_AND_SLOW)
    requests = [request("a", "net", 5.0, expiry=0.05)]
    assert decide(policy, [pool("gpu", "net")], requests) == {}
    assert policy.doomed(0.0) == ["a"]


def test_doomed_never_wakes_a_pool_beside_a_live_one() -> None:
    """A pool at zero is not woken for a doomed request that a running pool serves."""
    asleep = pool("cpu", "net", free=(), cold_start_s=2.0, wakeable=1)
    busy = pool("gpu", "net", free=(3.0,))
    doomed = [request("a", "net", 0.05)]
    assert decide(edf(FAST_AND_SLOW), [busy, asleep], doomed) == {}
    assert decide(edf(FAST_AND_SLOW), [asleep], doomed) == {"a": "cpu"}


def test_plan_misses_wait() -> None:
    """A request that only the queue before it makes late waits, reserves nothing and is not run."""
    policy = edf(FAST_AND_SLOW)
    pools = [pool("gpu", "net", free=(0.1,)), pool("cpu", "net")]
    assert decide(policy, pools, [request("a", "net", 0.15)]) == {}
    assert policy.doomed(0.0) == []
    assert policy.doomed(0.06) == ["a"]
    assert where(policy.decide(0.06)) == {"a": "cpu"}


def test_wake_credit() -> None:
    """A pool at zero is woken when its cold start still answers earliest."""
    asleep = pool("gpu", "net", free=(), cold_start_s=0.5, wakeable=1)
    policy = edf(FAST_AND_SLOW)
    policy.capacity([asleep, pool("cpu", "net", free=(4.0,))], 0.0)
    policy.arrived(request("a", "net", 1.0), 0.0)
    policy.arrived(request("b", "net", 1.0), 0.0)
    (placement,) = policy.decide(0.0)
    assert placement.expected_start_s == 0.5
    assert "wakes the pool, cold start 500.0 ms" in placement.reason


def test_new_pool_saves_the_doomed() -> None:
    """A request doomed on the old pools is planned again when a faster one appears."""
    policy = edf(FAST_AND_SLOW)
    policy.capacity([pool("cpu", "net", free=(9.0,))], 0.0)
    policy.arrived(request("a", "net", 0.2), 0.0)
    assert policy.doomed(0.0) == ["a"]
    policy.capacity([pool("cpu", "net", free=(9.0,)), pool("gpu", "net")], 0.0)
    assert policy.doomed(0.0) == []
    assert where(policy.decide(0.0)) == {"a": "gpu"}


def test_withdrawn_is_not_placed() -> None:
    """A withdrawn request is never placed, and unknown keys are ignored."""
    policy = edf(FAST_AND_SLOW)
    policy.arrived(request("a", "net", 1.0), 0.0)
    policy.withdrawn("a", 0.0)
    policy.withdrawn("never seen", 0.0)
    assert decide(policy, [pool("gpu", "net")], []) == {}


def test_placement_explains_itself() -> None:
    """A placement carries times, three candidates, best first, and a reason for people."""
    policy = edf({**FAST_AND_SLOW, ("net", "tpu"): 0.2, ("net", "old"): 0.9})
    pools = [pool(name, "net", hop_s=0.01) for name in ("old", "cpu", "gpu", "tpu")]
    policy.capacity(pools, 0.0)
    policy.arrived(request("a", "net", 0.15, attempt=3), 0.0)
    (placement,) = policy.decide(0.0)
    assert placement.attempt == 3
    assert placement.expected_start_s == pytest.approx(0.005)
    assert placement.expected_end_s == pytest.approx(0.11)
    assert placement.latest_end_s == pytest.approx(0.005 + 0.121 + 0.01, rel=0.01)
    assert [candidate.pool for candidate in placement.candidates] == ["gpu", "tpu", "cpu"]
    assert [c.slack_s for c in placement.candidates] == pytest.approx([0.04, -0.06, -0.16])
    assert placement.reason == (
        "gpu answers earliest, in 110.0 ms; 40.0 ms before the deadline; next tpu, in 210.0 ms"
    )


def test_completions_move_later_decisions() -> None:
    """After a pool has turned slow, requests go elsewhere."""
    policy = edf(FAST_AND_SLOW)
    gpu, cpu = pool("gpu", "net"), pool("cpu", "net")
    policy.capacity([gpu, cpu], 0.0)
    for _ in range(30):
        policy.completed(completion("net", gpu, 0.9), 0.0)
    assert decide(policy, [gpu, cpu], [request("a", "net", 9.0)]) == {"a": "cpu"}


@pytest.mark.parametrize("requests", [[], [request("a", "other", 1.0)]])
def test_nothing_to_wake_for(requests: Sequence[Request]) -> None:
    """Without a waiting request that a pool serves there is nothing to wake up for."""
    policy = edf(FAST_AND_SLOW)
    decide(policy, [pool("gpu", "net", free=(5.0,))], requests)
    assert policy.wake_at_s() is None


def test_wakes_when_a_request_becomes_doomed() -> None:
    """It asks to be called when a waiting request becomes doomed, as it may then use idle slots."""
    policy = edf(FAST_AND_SLOW)
    decide(policy, [pool("gpu", "net", free=(5.0,))], [request("a", "net", 1.0)])
    assert policy.wake_at_s() == pytest.approx(0.9, abs=1e-5)


@pytest.mark.parametrize("lookahead", [1, 16])
def test_long_queue_reaches_the_slow_pool(lookahead: int) -> None:
    """However coarse the plan, an idle slow pool is used once the queue for the fast one is long.

    The fast pool answers the 90th of the queue after 9 s, so the slow one gets one from there.
    """
    policy = edf({("net", "gpu"): 0.1, ("net", "cpu"): 9.0}, lookahead=lookahead)
    pools = [pool("gpu", "net", free=(0.05,)), pool("cpu", "net")]
    few = [request(str(i), "net", 20.0) for i in range(80)]
    assert decide(policy, pools, few) == {}
    more = [request(str(i), "net", 20.0) for i in range(80, 200)]
    ((key, where_to),) = decide(policy, pools, more).items()
    assert where_to == "cpu"
    assert 85 <= int(key) <= 95
