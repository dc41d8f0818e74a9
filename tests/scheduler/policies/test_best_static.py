"""Best static."""

from tests.support.decisions import completion, pool
from tests.support.placing import arrived, later, slots, told


def test_waits_for_the_best_while_others_idle() -> None:
    """A model goes to its fastest architecture only, however long the queue there."""
    pools = [pool("cpu", "net"), pool("gpu", "net")]
    policy = told("best-static", pools)
    assert slots(arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0)])) == {"a": "gpu#0"}


def test_hop_counts() -> None:
    """A fast architecture far away may not be the best."""
    policy = told("best-static", [pool("cpu", "net"), pool("gpu", "net", hop_s=0.5)])
    assert slots(arrived(policy, [("a", "net", 9.0)])) == {"a": "cpu#0"}


def test_the_slot_that_answers_first_within_it() -> None:
    """Of the architecture's slots the one that is free first is taken."""
    pools = [pool("gpu-a", "net", free=(0.5,)), pool("gpu-b", "net")]
    policy = told("best-static", pools)
    assert slots(arrived(policy, [("a", "net", 9.0)])) == {"a": "gpu-b#0"}


def test_static() -> None:
    """What is learned meanwhile changes nothing, other pools do."""
    pools = [pool("cpu", "net"), pool("gpu", "net")]
    policy = told("best-static:estimates=corrected", pools)
    for _ in range(30):
        policy.completed(completion("net", pools[1], 5.0), 0.0)
    assert slots(arrived(policy, [("a", "net", 9.0)])) == {"a": "gpu#0"}
    policy.capacity(pools[:1], 1.0)
    assert slots(arrived(policy, [("b", "net", 9.0)], 1.0)) == {"b": "cpu#0"}
    policy.capacity(pools, 2.0)
    assert slots(arrived(policy, [("c", "net", 9.0)], 2.0)) == {"c": "cpu#0"}


def test_no_architecture_but_a_sleeping_one() -> None:
    """A pool at zero is woken if nothing better serves the model."""
    policy = told("best-static", [pool("gpu", "net", free=(), wakeable=1, cold_start_s=1.0)])
    (placed,) = arrived(policy, [("a", "net", 9.0)])
    assert (placed.slot, placed.expected_end_s) == ("", 1.1)
    assert later(policy, [pool("gpu", "net", free=(1.1,))], 0.5) == []
