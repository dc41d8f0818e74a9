"""Round-robin."""

from tests.support.decisions import pool
from tests.support.placing import arrived, later, slots, told


def test_instances_in_file_order() -> None:
    """Each request goes to the next slot, also a slow one while a fast one is idle."""
    policy = told("round-robin", [pool("cpu", "net", free=(0.0, 0.0)), pool("gpu", "net")])
    first = slots(arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0)]))
    second = slots(arrived(policy, [("c", "net", 9.0)]))
    assert first | second == {"a": "cpu#0", "b": "cpu#1", "c": "gpu#0"}


def test_passes_over_who_does_not_serve() -> None:
    """A slot that does not serve the model loses its turn; the next is the one behind who took."""
    pools = [pool("cpu", "net"), pool("board", "text"), pool("gpu", "net", "text")]
    policy = told("round-robin", pools)
    placed = arrived(policy, [("a", "text", 9.0), ("b", "text", 9.0), ("c", "net", 9.0)])
    assert slots(placed) == {"a": "board#0", "b": "gpu#0", "c": "cpu#0"}


def test_first_come_first_served_at_a_slot() -> None:
    """What waits for a busy slot is taken in order of arrival, whatever the deadlines."""
    policy = told("round-robin", [pool("gpu", "net", free=(1.0,))])
    assert not arrived(policy, [("a", "net", 9.0), ("b", "net", 2.0)])
    assert slots(later(policy, [pool("gpu", "net", free=(1.0,))], 1.0)) == {"a": "gpu#0"}


def test_doomed_last() -> None:
    """In the other form one that is late yields to one that can be met at the slot."""
    policy = told("round-robin:doomed=last", [pool("gpu", "net", free=(1.0,))])
    arrived(policy, [("a", "net", 0.5), ("b", "net", 9.0)])
    placed = later(policy, [pool("gpu", "net", free=(1.0,))], 1.0)
    assert slots(placed) == {"b": "gpu#0"}
    placed = later(policy, [pool("gpu", "net", free=(1.1,))], 1.1)
    assert [(item.key, item.doomed) for item in placed] == [("a", True)]


def test_bound_anew_when_its_slot_is_gone() -> None:
    """What was bound to a slot that vanished goes to the next in turn."""
    policy = told("round-robin", [pool("gpu", "net", free=(1.0,)), pool("cpu", "net", free=(1.0,))])
    arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0)])
    placed = later(policy, [pool("cpu", "net", free=(1.0,))], 1.0)
    assert slots(placed) == {"b": "cpu#0"}
    assert slots(later(policy, [pool("cpu", "net", free=(1.3,))], 1.3)) == {"a": "cpu#0"}


def test_hides_the_hop_behind_the_run_before() -> None:
    """A placement leaves when its slot should be free within the round trip; it wakes for that."""
    policy = told("round-robin", [pool("gpu", "net", free=(1.0,), hop_s=0.2)])
    assert not arrived(policy, [("a", "net", 9.0)])
    assert policy.wake_at_s() == 0.8
    (placed,) = policy.decide(0.8)
    assert (placed.expected_start_s, round(placed.expected_end_s, 9)) == (1.0, 1.2)
