"""The valve: pauses requests only, and loses nothing of what was dropped at the pause."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from streams.worker.valve import Valve

REQUESTS, OTHER, FEEDBACK = ("requests", 0), ("requests", 1), ("latency", 0)


class FakeConsumer:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.mine: set[Any] = {REQUESTS, OTHER, FEEDBACK}
        self.paused: set[Any] = set()
        self.told: list[tuple[Any, int]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def assignment(self) -> set[Any]:
        """All of them."""
        return self.mine

    def pause_partitions(self, places: Iterable[Any]) -> None:
        """Pause."""
        self.paused |= set(places)

    def resume_partitions(self, places: Iterable[Any]) -> None:
        """Resume."""
        self.paused -= set(places)

    async def seek_wait(self, partitions: Mapping[Any, int]) -> None:
        """Go there; only what is paused may be moved."""
        assert partitions.keys() <= self.paused
        self.told += partitions.items()
        self.meanwhile()


ALL = frozenset({"requests"})
NONE: frozenset[str] = frozenset()


def valve() -> Valve:
    """One that has taken a record of each place."""
    found = Valve(["requests", "others"])
    for place in (REQUESTS, FEEDBACK):
        found.took(place, 41)
    return found


async def test_pauses_the_topics_it_is_told() -> None:
    """Feedback goes on, and so does a partition of which nothing was taken yet."""
    consumer, tested = FakeConsumer(), valve()
    tested.close(NONE, 5, consumer)
    assert consumer.paused == set()
    tested.close(ALL, 5, consumer)
    assert consumer.paused == {REQUESTS}
    tested.took(OTHER, 7)
    tested.close(ALL, 5, consumer)
    assert consumer.paused == {REQUESTS, OTHER}


async def test_resumes_where_taking_stopped() -> None:
    """With room again it goes back to the first record that was not taken, then on."""
    consumer, tested = FakeConsumer(), valve()
    tested.close(ALL, 5, consumer)
    await tested.open(ALL, 7, consumer)
    assert consumer.paused == {REQUESTS}
    await tested.open(NONE, 6, consumer)
    assert consumer.paused == {REQUESTS}, "a fetch may still hold some of it"
    await tested.open(NONE, 7, consumer)
    assert consumer.told == [(REQUESTS, 42)]
    assert consumer.paused == set()
    assert not tested.paused


async def test_topics_resume_each_for_itself() -> None:
    """One that must wait on stays paused while the other goes on."""
    consumer, tested = FakeConsumer(), valve()
    place = ("others", 0)
    consumer.mine.add(place)
    tested.took(place, 9)
    tested.close(frozenset({"requests", "others"}), 5, consumer)
    await tested.open(ALL, 7, consumer)
    assert consumer.told == [(place, 10)]
    assert consumer.paused == {REQUESTS}
    assert tested.paused


async def test_a_new_assignment_begins_anew() -> None:
    """After a rebalance nothing is known until it is taken again; what is not ours stays alone."""
    consumer, tested = FakeConsumer(), valve()
    tested.close(ALL, 5, consumer)
    tested.forget()
    assert not tested.paused
    tested.close(ALL, 5, consumer)
    assert not tested.paused
    tested.took(REQUESTS, 50)
    consumer.mine = set()
    tested.close(ALL, 5, consumer)
    assert not tested.paused
    consumer.mine = {REQUESTS}
    tested.close(ALL, 5, consumer)
    assert tested.paused, "it is applied anew"


async def test_a_rebalance_while_it_goes_back_is_left_alone() -> None:
    """What the group deals meanwhile is fetched from what was committed, when the group says so."""
    consumer, tested = FakeConsumer(), valve()
    tested.close(ALL, 5, consumer)
    consumer.meanwhile = tested.forget
    await tested.open(NONE, 7, consumer)
    assert consumer.paused == {REQUESTS}, "it is not the valve that lets it go on"
    assert not tested.paused
