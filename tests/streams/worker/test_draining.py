"""A worker that was asked to end ends in time."""

import asyncio

import pytest

from streams.worker.draining import DRAIN_S, drained


class Clock:
    """Goes on by a second whenever it is looked at."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """A second later each time."""
        self.now_s += 1.0
        return self.now_s


async def forever() -> None:
    """What does not end."""
    await asyncio.Event().wait()


async def test_what_is_under_way_is_finished() -> None:
    """And what it raised is raised."""
    ended = asyncio.ensure_future(asyncio.sleep(0))
    assert await drained(ended, lambda: False)

    async def failed() -> None:
        raise OSError

    with pytest.raises(OSError):
        await drained(asyncio.ensure_future(failed()), lambda: False)


@pytest.mark.parametrize(("away", "least_s"), [(False, DRAIN_S), (True, 2.0)])
async def test_nothing_is_waited_for_longer_than_that(away: bool, least_s: float) -> None:
    """Without the broker even less."""
    serving, clock = asyncio.ensure_future(forever()), Clock()
    assert not await drained(serving, lambda: away, clock)
    assert least_s < clock.now_s - 1.0 <= least_s + 2.0
    assert not serving.done()
    serving.cancel()


async def test_a_broker_that_comes_back_in_time_is_waited_for() -> None:
    """Only while it is away it is given up."""
    serving, clock = asyncio.ensure_future(forever()), Clock()
    assert not await drained(serving, lambda: clock.now_s == 1.0, clock)
    assert clock.now_s > DRAIN_S
    serving.cancel()
