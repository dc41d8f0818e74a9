"""INFaaS, just enough."""

from tests.support.decisions import pool
from tests.support.placing import arrived, slots, told

POOLS = [pool("gpu", "net"), pool("cpu", "net", free=(0.0, 0.0))]


def test_slowest_in_time() -> None:
    """The slow slots take what they can meet; the fast one what only it can."""
    placed = arrived(told("infaas", POOLS), [("a", "net", 0.5), ("b", "net", 0.2)])
    assert slots(placed) == {"a": "cpu#0", "b": "gpu#0"}


def test_least_busy_of_equally_slow() -> None:
    """Of two slots of one kind the one that answers sooner."""
    placed = arrived(told("infaas", POOLS), [("a", "net", 9.0), ("b", "net", 9.0)])
    assert slots(placed) == {"a": "cpu#0", "b": "cpu#1"}


def test_nothing_is_enough() -> None:
    """What is late everywhere goes where it is least late."""
    assert slots(arrived(told("infaas", POOLS), [("a", "net", 0.05)])) == {"a": "gpu#0"}
