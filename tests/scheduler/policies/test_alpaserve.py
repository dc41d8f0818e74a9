"""AlpaServe."""

import pytest

from tests.support.decisions import pool
from tests.support.placing import arrived, later, slots, told


def test_shortest_queue() -> None:
    """Requests are counted, those that run too; of equal queues the one that answers sooner."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.01,))]
    policy = told("alpaserve", pools)
    assert slots(arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0)])) == {"a": "cpu#0"}
    both = [pool("cpu", "net", free=(0.3,)), pool("gpu", "net", free=(0.01,))]
    assert slots(later(policy, both, 0.01)) == {"b": "gpu#0"}


@pytest.mark.parametrize("form", ["run", "drop"])
def test_rejected_at_arrival(form: str) -> None:
    """What would be late in the shortest queue is rejected for good, even if another is in time."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.01,))]
    policy = told(f"alpaserve:rejected={form}", pools)
    placed = arrived(policy, [("a", "net", 0.2)])
    assert policy.doomed(0.0) == ([] if form == "run" else ["a"])
    assert [(item.slot, item.doomed) for item in placed] == [("cpu#0", True)] * (form == "run")


def test_rejected_yield() -> None:
    """A slot that something is bound to takes nothing that was rejected."""
    policy = told("alpaserve", [pool("gpu", "net", free=(0.1,))])
    assert not arrived(policy, [("a", "net", 0.05), ("b", "net", 9.0)])
    assert slots(later(policy, [pool("gpu", "net", free=(0.1,))], 0.1)) == {"b": "gpu#0"}
    assert slots(later(policy, [pool("gpu", "net", free=(0.2,))], 0.2)) == {"a": "gpu#0"}


def test_withdrawn() -> None:
    """What was rejected can be withdrawn like all that waits."""
    policy = told("alpaserve", [pool("gpu", "net", free=(0.1,))])
    arrived(policy, [("a", "net", 0.05)])
    policy.withdrawn("a", 0.05)
    assert not policy.doomed(0.05)
    assert not later(policy, [pool("gpu", "net")], 0.1)


def test_wakes_for_what_was_rejected() -> None:
    """With a hop it asks to be woken when a slot opens for it, unless it drops."""
    for form, expected in (("run", 0.8), ("drop", None)):
        pools = [pool("gpu", "net", free=(1.0,), hop_s=0.2)]
        policy = told(f"alpaserve:rejected={form}", pools)
        assert not arrived(policy, [("a", "net", 0.5)])
        assert policy.wake_at_s() == expected
