"""llm-d's headroom rule."""

from tests.support.decisions import pool
from tests.support.placing import arrived, slots, told

POOLS = [pool("gpu", "net"), pool("cpu", "net")]


def test_least_headroom_that_is_left() -> None:
    """Of the slots in time the one with the least to spare, its queue included."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.3,))]
    placed = arrived(told("llm-d", pools), [("a", "net", 9.0), ("b", "net", 0.35)])
    assert slots(placed) == {"b": "cpu#0"}


def test_most_headroom() -> None:
    """With the other strategy the one with the most."""
    policy = told("llm-d:strategy=most", POOLS)
    assert slots(arrived(policy, [("a", "net", 9.0)])) == {"a": "gpu#0"}
    assert slots(arrived(told("llm-d", POOLS), [("a", "net", 9.0)])) == {"a": "cpu#0"}


def test_no_headroom() -> None:
    """What is late everywhere goes where it is least late."""
    assert slots(arrived(told("llm-d", POOLS), [("a", "net", 0.05)])) == {"a": "gpu#0"}
