"""Repeats join what runs and get what was answered recently."""

import asyncio

import pytest

from functions.engine.job import RefusedError
from functions.engine.repeats import Repeats
from functions.errors import InputError


class _Maker:
    def __init__(self, *errors: Exception) -> None:
        self.go, self.errors, self.made = asyncio.Event(), list(errors), 0

    async def __call__(self) -> int:
        self.made += 1
        number = self.made
        await self.go.wait()
        if self.errors:
            raise self.errors.pop(0)
        return number


async def test_joins_and_remembers() -> None:
    """Two at a time and a third later are made once."""
    repeats, make = Repeats[int](kept=2), _Maker()
    both = [asyncio.create_task(repeats.once("a", make)) for _ in range(2)]
    await asyncio.sleep(0)
    make.go.set()
    assert [await task for task in both] == [(1, False), (1, True)]
    assert await repeats.once("a", make) == (1, True)


async def test_forgets_the_oldest() -> None:
    """Only so many answers are kept."""
    repeats, make = Repeats[int](kept=1), _Maker()
    make.go.set()
    await repeats.once("a", make)
    await repeats.once("b", make)
    assert await repeats.once("b", make) == (2, True)
    assert await repeats.once("a", make) == (3, False)


async def test_shares_a_permanent_error_and_does_not_keep_it() -> None:
    """Bad input is bad for whoever joined; later ones try by themselves."""
    repeats, make = Repeats[int](kept=1), _Maker(InputError("bad"))
    both = [asyncio.create_task(repeats.once("a", make)) for _ in range(2)]
    await asyncio.sleep(0)
    make.go.set()
    for task in both:
        with pytest.raises(InputError):
            await task
    assert await repeats.once("a", make) == (2, False)


async def test_another_ones_refusal_is_not_shared() -> None:
    """Whoever had joined an attempt that was refused, skipped or given up tries by itself."""
    repeats, make = Repeats[int](kept=1), _Maker(RefusedError("full"))
    first, second = (asyncio.create_task(repeats.once("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    make.go.set()
    with pytest.raises(RefusedError):
        await first
    assert await second == (2, False)


async def test_a_cancelled_first_leaves_the_joined_to_themselves() -> None:
    """Cancelling one request cancels no other."""
    repeats, make = Repeats[int](kept=1), _Maker()
    first, second = (asyncio.create_task(repeats.once("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    make.go.set()
    assert await second == (2, False)
