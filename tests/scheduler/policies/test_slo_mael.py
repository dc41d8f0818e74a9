"""SLO-MAEL."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from scheduler.policies.slo_mael import score
from tests.support.decisions import completion, pool, request
from tests.support.placing import FAST_AND_SLOW, arrived, later, slots, told

MIXED = {("net", "gpu"): 0.5, ("text", "gpu"): 0.1}


@given(st.floats(1e-3, 9), st.floats(1e-3, 9), st.floats(0.01, 9))
def test_score(one_s: float, other_s: float, slo_s: float) -> None:
    """In time is better than late; of both in time, or both late, the sooner is not worse."""
    one, other = (score(e_s, request("a", "net", slo_s)) for e_s in (one_s, other_s))
    assert (one > 0) == (one_s <= slo_s)
    if one_s <= other_s:
        assert one >= other


def test_least_slack_at_the_slot() -> None:
    """A slot that opens takes the least deadline - service of what is bound to it."""
    policy = told("slo-mael", [pool("gpu", "net", "text", free=(1.0,))], MIXED)
    arrived(policy, [("a", "text", 9.0), ("b", "net", 9.2)])
    placed = later(policy, [pool("gpu", "net", "text", free=(1.0,))], 1.0)
    assert slots(placed) == {"b": "gpu#0"}


def test_doomed_first_as_published() -> None:
    """What can no longer be met has the least slack and goes first."""
    policy = told("slo-mael", [pool("gpu", "net", free=(1.0,))])
    arrived(policy, [("a", "net", 9.0), ("late", "net", 0.5)])
    assert slots(later(policy, [pool("gpu", "net", free=(1.0,))], 1.0)) == {"late": "gpu#0"}


def test_doomed_last_counts_in_no_backlog() -> None:
    """In the other form the late make a slot no less attractive and wait until it would be idle."""
    pools = [pool("gpu", "net", free=(1.0,)), pool("cpu", "net", free=(1.0,))]
    late = [(f"late {number}", "net", 1.05) for number in range(4)]
    for form, expected in (("", "cpu#0"), (":doomed=last", "gpu#0")):
        policy = told(f"slo-mael{form}", pools)
        arrived(policy, late)
        policy.capacity(pools, 0.99)
        arrived(policy, [("a", "net", 9.0)], 0.99)
        placed = slots(later(policy, pools, 1.0))
        assert placed.get("a") == (expected if form else None)
        assert len(placed) == 2


def test_estimates() -> None:
    """By the profile nothing is learned; corrected, a slot that turned out slow is left."""
    pools = [pool("gpu", "net"), pool("cpu", "net")]
    for form, expected in (("profile", "gpu#0"), ("corrected", "cpu#0")):
        policy = told(f"slo-mael:estimates={form}", pools)
        for _ in range(30):
            policy.completed(completion("net", pools[0], 2.0), 0.0)
        assert slots(arrived(policy, [("a", "net", 9.0)])) == {"a": expected}


def test_without_a_profile_it_learns() -> None:
    """A guess is corrected in either form: no source says what to do without a profile."""
    pools = [pool("gpu", "new"), pool("cpu", "new")]
    policy = told("slo-mael", pools)
    for _ in range(30):
        policy.completed(completion("new", pools[1], 0.01), 0.0)
    assert slots(arrived(policy, [("a", "new", 9.0)])) == {"a": "cpu#0"}


def test_overdue() -> None:
    """By the profile a run that lasts longer should end at once; corrected, as long again."""
    pools = [pool("gpu", "net"), pool("cpu", "net", free=(9.0,))]
    overdue = [pool("gpu", "net", free=(0.6,)), pool("cpu", "net")]
    for form, expected in (("profile", None), ("corrected", "cpu#0")):
        policy = told(f"slo-mael:estimates={form}", pools)
        assert slots(arrived(policy, [("a", "net", 9.0)])) == {"a": "gpu#0"}
        policy.capacity(overdue, 0.3)
        assert slots(arrived(policy, [("b", "net", 9.0)], 0.3)).get("b") == expected


def test_leases_are_from_what_was_learned() -> None:
    """Also by the profile a lease is long enough for what runs really take."""
    pools = [pool("gpu", "net")]
    policy = told("slo-mael", pools)
    for _ in range(30):
        policy.completed(completion("net", pools[0], 2.0), 0.0)
    (placed,) = arrived(policy, [("a", "net", 9.0)])
    assert placed.expected_end_s == 0.1
    assert placed.latest_end_s > 1.9


def test_window_counts_deadlines() -> None:
    """A window gives up sooner answers where that saves a deadline."""
    pools = [pool("gpu", "net"), pool("cpu", "net")]
    requests = [("a", "net", 1.0), ("b", "net", 0.15)]
    assert slots(arrived(told("slo-mael:window=2", pools), requests)) == {
        "a": "cpu#0",
        "b": "gpu#0",
    }
    assert slots(arrived(told("mael:window=2", pools), requests)) == {"a": "gpu#0"}


def test_reset_sum() -> None:
    """As in the published code nobody counts but the last of a window: the first is sacrificed."""
    pools = [pool("gpu", "net"), pool("cpu", "net")]
    requests = [("a", "net", 0.15), ("b", "net", 0.15)]
    summed = arrived(told("slo-mael:window=2", pools), requests)
    reset = arrived(told("slo-mael:window=2,reset_sum=true", pools), requests)
    assert slots(summed) == {"a": "gpu#0"}
    assert slots(reset) == {"a": "cpu#0", "b": "gpu#0"}


def test_due_at_once() -> None:
    """A request whose deadline is its arrival is late everywhere and goes where it is soonest."""
    policy = told("slo-mael", [pool("cpu", "net"), pool("gpu", "net")], FAST_AND_SLOW)
    assert slots(arrived(policy, [("a", "net", 0.0)])) == {"a": "gpu#0"}
    assert score(inf, request("a", "net", 0.0)) == -inf
