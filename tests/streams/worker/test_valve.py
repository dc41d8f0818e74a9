"""The valve: pauses requests only, and loses nothing of what was dropped at the pause."""

from collections.abc import Iterable, Mapping
from typing import Any

from streams.worker.valve import Valve

REQUESTS, OTHER, FEEDBACK = ("requests", 0), ("requests", 1), ("latency", 0)


class FakeConsumer:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.mine: set[Any] = {REQUESTS, OTHER, FEEDBACK}
        self.paused: set[Any] = set()
        self.told: list[tuple[Any, int]] = []

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


def valve(consumer: FakeConsumer) -> Valve:
    """One that has taken a record of each place."""
    found = Valve(100, ["requests"])
    for place in (REQUESTS, FEEDBACK):
        found.took(place, 41)
    return found


async def test_pauses_requests_above_the_limit() -> None:
    """Feedback goes on, and so does a partition of which nothing was taken yet."""
    consumer = FakeConsumer()
    tested = valve(consumer)
    tested.close_above(100, 5, consumer)
    assert consumer.paused == set()
    tested.close_above(101, 5, consumer)
    assert consumer.paused == {REQUESTS}
    tested.took(OTHER, 7)
    tested.close_above(101, 5, consumer)
    assert consumer.paused == {REQUESTS, OTHER}


async def test_resumes_where_taking_stopped() -> None:
    """Well below the limit it goes back to the first record that was not taken, then on."""
    consumer = FakeConsumer()
    tested = valve(consumer)
    tested.close_above(101, 5, consumer)
    await tested.open_below(95, 7, consumer)
    assert consumer.paused == {REQUESTS}
    await tested.open_below(89, 6, consumer)
    assert consumer.paused == {REQUESTS}, "a fetch may still hold some of it"
    await tested.open_below(89, 7, consumer)
    assert consumer.told == [(REQUESTS, 42)]
    assert consumer.paused == set()
    assert not tested.paused


async def test_a_new_assignment_begins_anew() -> None:
    """After a rebalance nothing is known until it is taken again; what is not ours stays alone."""
    consumer = FakeConsumer()
    tested = valve(consumer)
    tested.close_above(101, 5, consumer)
    tested.forget()
    assert not tested.paused
    tested.close_above(101, 5, consumer)
    tested.took(REQUESTS, 50)
    consumer.mine = set()
    tested.close_above(101, 5, consumer)
    assert not tested.paused
