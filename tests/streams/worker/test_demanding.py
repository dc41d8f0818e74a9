"""The demand is told every second, and at once when much has changed."""

from scheduler.demand import Demand
from streams.worker.demanding import EVERY_S, LOOK_S, Teller


class World:
    """What waits and came, by the test's word; how often it was told."""

    def __init__(self) -> None:
        self.waiting, self.arrivals, self.now_s = 0, 0, 100.0
        self.teller = Teller(
            lambda: (self.waiting, self.arrivals), lambda: Demand(worker="w", at_s=self.now_s)
        )

    def told(self, seconds: float, rate: float = 0.0) -> list[float]:
        """When it was told in the next seconds, while ``rate`` a second arrive."""
        began_s, before, moments = self.now_s, self.arrivals, []
        for step in range(1, round(seconds / LOOK_S) + 1):
            self.now_s = began_s + step * LOOK_S
            self.arrivals = before + int(rate * step * LOOK_S)
            if self.teller.due(self.now_s) is not None:
                moments.append(self.now_s)
        return moments


def test_every_second() -> None:
    """Where nothing changes it is told once a second."""
    world = World()
    assert 9 <= len(world.told(10 * EVERY_S)) <= 11


def test_a_queue_that_grows_is_told_at_once() -> None:
    """Ten requests that wait are news within a look."""
    world = World()
    world.told(3.0)
    world.waiting = 10
    assert len(world.told(2 * LOOK_S)) == 1


def test_a_burst_is_told_at_once() -> None:
    """Arrivals far above the usual are news, before they wait."""
    world = World()
    world.told(5.0, rate=2.0)
    assert len(world.told(0.3, rate=100.0)) >= 1


def test_a_steady_stream_is_no_news() -> None:
    """However much comes, if it always does."""
    world = World()
    world.told(10.0, rate=200.0)
    assert len(world.told(5.0, rate=200.0)) <= 7


def test_never_more_often_than_it_looks() -> None:
    """A queue that leaps with every look is told at every look, and not more."""
    world = World()
    world.told(1.0)
    for number in range(20):
        world.waiting = 1000 * (number % 2)
        world.now_s += LOOK_S / 4
        world.teller.due(world.now_s)
    assert world.teller.due(world.now_s + LOOK_S / 8) is None
