"""Concluded identities are remembered for the horizon."""

from streams.core.memory import Memory


def test_identities_are_forgotten_after_the_horizon() -> None:
    """The state is bounded by time."""
    memory = Memory(10.0)
    for second in range(100):
        memory.add(f"r{second}", 0, float(second))
        memory.forget(float(second))
    assert len(memory) == 11
    assert "r99" in memory
    assert "r88" not in memory


def test_one_that_concluded_again_is_remembered_from_then_on() -> None:
    """The older of the two entries does not take it away."""
    memory = Memory(10.0)
    memory.add("a", 0, 0.0)
    memory.add("a", 0, 9.0)
    memory.forget(15.0)
    assert "a" in memory
    memory.forget(20.0)
    assert "a" not in memory


def test_attempts_that_ended_are_told_apart() -> None:
    """A loser that still runs takes a slot until it reports."""
    memory = Memory(10.0)
    memory.add("a", 0, 0.0, attempt=2)
    assert memory.is_answered("a", 2)
    assert not memory.is_answered("a", 1)
    memory.answered("a", 1)
    memory.answered("unknown", 1)
    assert memory.is_answered("a", 1)
    assert not memory.is_answered("unknown", 1)


def test_a_lost_partition_takes_its_identities_with_it() -> None:
    """The others stay."""
    memory = Memory(10.0)
    memory.add("a", 0, 0.0)
    memory.add("b", 1, 0.0)
    memory.drop(0)
    assert ("a" in memory, "b" in memory) == (False, True)
    memory.forget(11.0)
    assert len(memory) == 0
