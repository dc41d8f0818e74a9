"""The timer that wakes the core."""

import asyncio

from streams.worker.alarm import Alarm
from tests.support.waiting import until


class Rung:
    """A clock that is told, and how often the alarm rang."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.times = 0
        self.alarm = Alarm(lambda: self.now_s, self._ring)

    def due_in_s(self) -> float | None:
        """When the event loop will ring it."""
        handle = self.alarm._handle
        return None if handle is None else handle.when() - asyncio.get_running_loop().time()

    def _ring(self) -> None:
        self.times += 1


async def test_rings_once_when_it_is_due() -> None:
    """A moment in the past is due at once, and the ringing is over until it is set again."""
    rung = Rung()
    rung.alarm.set(50.0)
    await until(lambda: rung.times == 1)
    assert rung.due_in_s() is None


async def test_rings_within_a_second_in_any_case() -> None:
    """Without a wish, or with one that is far away, time still goes on."""
    for wish in (None, 1e9):
        rung = Rung()
        rung.alarm.set(wish)
        due_s = rung.due_in_s()
        assert due_s is not None
        assert due_s <= 1.0
        rung.alarm.stop()


async def test_an_earlier_wish_moves_it_a_later_one_does_not() -> None:
    """Ringing early does no harm."""
    rung = Rung()
    rung.alarm.set(100.8)
    rung.alarm.set(100.2)
    early_s = rung.due_in_s()
    assert early_s is not None
    assert early_s <= 0.2
    rung.alarm.set(100.9)
    still_s = rung.due_in_s()
    assert still_s is not None
    assert still_s <= 0.2
    rung.alarm.stop()


async def test_stopped_it_never_rings() -> None:
    """Nothing is left in the event loop."""
    rung = Rung()
    rung.alarm.set(100.001)
    rung.alarm.stop()
    rung.alarm.stop()
    assert rung.due_in_s() is None


async def test_knows_that_it_rings_soon() -> None:
    """Within two milliseconds is soon; not set, or later, is not."""
    rung = Rung()
    said = [rung.alarm.soon]
    for wish in (100.5, 100.001):
        rung.alarm.set(wish)
        said.append(rung.alarm.soon)
    rung.alarm.stop()
    assert [*said, rung.alarm.soon] == [False, False, True, False]
