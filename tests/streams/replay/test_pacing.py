"""Times of sending."""

import asyncio

from streams.replay.pacing import Pace, Rest
from tests.support.recordings import entry


class Clock:
    """Time passes by waiting, and by ``cost_s`` for each request sent."""

    def __init__(self, cost_s: float = 0.0) -> None:
        self.now_s, self._cost_s = 100.0, cost_s
        self.fired: list[float] = []
        self.give_up = False

    def now(self) -> float:
        """Seconds."""
        return self.now_s

    async def rest(self, seconds: float) -> bool:
        """Pass."""
        self.now_s += seconds
        return self.give_up

    async def play(self, pace: Pace, *times: float) -> list[float]:
        """Send requests that came at ``times``; when each was sent."""
        async for _ in pace.due(entry(n, at_s) for n, at_s in enumerate(times)):
            self.fired.append(round(self.now_s - 100.0, 3))
            self.now_s += self._cost_s
        return self.fired


async def test_the_times_of_the_recording() -> None:
    """As recorded at speed 1, twice as close at speed 2."""
    for speed, expected in ((1.0, [0.0, 0.5, 2.0]), (2.0, [0.0, 0.25, 1.0])):
        clock = Clock()
        pace = Pace(speed, clock.now, clock.rest)
        assert await clock.play(pace, 0.0, 0.5, 2.0) == expected
        assert (pace.kept().behind_max_s, pace.kept().took_s) == (0.0, expected[-1])


async def test_being_behind_is_said_and_moves_nothing() -> None:
    """A slow send delays the next, not the ones after: the times stand."""
    clock = Clock(cost_s=0.75)
    pace = Pace(1.0, clock.now, clock.rest)
    assert await clock.play(pace, 0.0, 0.5, 2.0) == [0.0, 0.75, 2.0]
    kept = pace.kept()
    assert (kept.behind_p50_s, kept.behind_max_s, kept.speed) == (0.0, 0.25, 1.0)


async def test_as_fast_as_it_goes() -> None:
    """No waiting, and nothing is behind."""
    clock = Clock(cost_s=0.1)
    pace = Pace(None, clock.now, clock.rest)
    assert await clock.play(pace, 0.0, 5.0, 10.0) == [0.0, 0.1, 0.2]
    assert (pace.kept().behind_max_s, pace.kept().speed) == (0.0, None)


def test_nothing_sent() -> None:
    """A replay that was ended at once has times all the same."""
    assert Pace(1.0, lambda: 0.0, Clock().rest).kept().took_s == 0.0


async def test_giving_up() -> None:
    """Nothing is sent once that is said, however long the gap is."""
    clock = Clock()
    clock.give_up = True
    assert await clock.play(Pace(1.0, clock.now, clock.rest), 0.0, 600.0) == []


async def test_a_rest_hears_a_stop_and_lets_others_have_their_turn() -> None:
    """A long one ends at once when a stop is asked for; somebody is called meanwhile."""
    stop, ticks = asyncio.Event(), list[int]()

    def tick() -> None:
        ticks.append(len(ticks))
        if len(ticks) == 3:
            stop.set()

    rest = Rest(stop, tick)
    assert not await rest(0.0)
    assert await rest(3600.0)
    assert ticks == [0, 1, 2]
