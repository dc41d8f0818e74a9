"""Least loaded."""

from tests.support.decisions import pool
from tests.support.placing import arrived, slots, told


def test_least_work_before_it() -> None:
    """The slot with the least work ahead is taken, even if it is slower by more than that."""
    pools = [pool("gpu", "net", free=(0.01,)), pool("cpu", "net")]
    assert slots(arrived(told("least-loaded", pools), [("a", "net", 9.0)])) == {"a": "cpu#0"}


def test_work_is_seconds_not_requests() -> None:
    """Two short runs ahead are less than one long."""
    pools = [pool("gpu", "net", free=(0.05,)), pool("cpu", "net", free=(0.3,))]
    policy = told("least-loaded", pools)
    assert not arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0), ("c", "net", 9.0)])
    assert not arrived(policy, [("d", "net", 9.0)])
    later = [pool("gpu", "net", free=(0.3,)), pool("cpu", "net", free=(0.3,))]
    policy.capacity(later, 0.3)
    assert slots(list(policy.decide(0.3))) == {"a": "gpu#0", "d": "cpu#0"}


def test_first_in_file_order_of_equals() -> None:
    """Idle slots are equal."""
    pools = [pool("cpu", "net"), pool("gpu", "net")]
    placed = arrived(told("least-loaded", pools), [("a", "net", 9.0), ("b", "net", 9.0)])
    assert slots(placed) == {"a": "cpu#0", "b": "gpu#0"}
