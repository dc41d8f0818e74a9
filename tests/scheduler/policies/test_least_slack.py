"""Least slack."""

from tests.support.decisions import pool, request
from tests.support.placing import arrived, later, slots, told

MIXED = {("net", "gpu"): 0.5, ("text", "gpu"): 0.1, ("net", "cpu"): 0.9, ("text", "cpu"): 0.2}


def test_least_slack_first() -> None:
    """The longer request with the later deadline may be the more urgent."""
    policy = told("least-slack", [pool("gpu", "net", "text")], MIXED)
    assert slots(arrived(policy, [("a", "text", 1.0), ("b", "net", 1.2)])) == {"b": "gpu#0"}


def test_the_open_slot_that_answers_first() -> None:
    """It takes the better of the open slots and does not wait for a busy one."""
    pools = [pool("cpu", "net", free=(0.0, 0.0)), pool("gpu", "net", free=(0.1,))]
    placed = arrived(told("least-slack", pools, MIXED), [("a", "net", 9.0), ("b", "net", 9.0)])
    assert slots(placed) == {"a": "cpu#0", "b": "cpu#1"}


def test_doomed_first_as_published() -> None:
    """Negative slack is the least of all."""
    policy = told("least-slack", [pool("gpu", "net")])
    placed = arrived(policy, [("a", "net", 1.0), ("late", "net", 0.05)])
    assert slots(placed) == {"late": "gpu#0"}


def test_doomed_last() -> None:
    """In the other form it goes when nothing else can use the slot."""
    policy = told("least-slack:doomed=last", [pool("gpu", "net")])
    assert slots(arrived(policy, [("late", "net", 0.05), ("a", "net", 1.0)])) == {"a": "gpu#0"}
    (placed,) = later(policy, [pool("gpu", "net", free=(0.1,))], 0.1)
    assert (placed.key, placed.doomed) == ("late", True)


def test_a_new_pool_saves_what_was_late() -> None:
    """What was set aside is in the queue again, in its place by arrival."""
    slow = [pool("cpu", "net", free=(5.0,))]
    policy = told("least-slack:doomed=last", slow)
    assert not arrived(policy, [("a", "net", 0.2)])
    assert policy.doomed(0.0) == ["a"]
    (placed,) = later(policy, [*slow, pool("gpu", "net")], 0.05)
    assert (placed.slot, placed.doomed) == ("gpu#0", False)


def test_replaced_and_withdrawn() -> None:
    """Of two requests with one key the later counts; a withdrawn one is gone."""
    policy = told("least-slack", [pool("gpu", "net", free=(1.0,))])
    arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0)])
    policy.arrived(request("a", "net", 8.0, attempt=2), 0.5)
    policy.withdrawn("b", 0.5)
    (placed,) = later(policy, [pool("gpu", "net", free=(1.0,))], 1.0)
    assert (placed.key, placed.attempt) == ("a", 2)
    assert not later(policy, [pool("gpu", "net", free=(1.0,))], 1.0)
