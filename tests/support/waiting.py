"""Waiting for something to hold; the bounds only end tests that have failed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

_T = TypeVar("_T")
_STEP_S = 0.005
_COSTLY_STEP_S = 0.1
"""Between looks that ask the broker."""


async def until(holds: Callable[[], Awaitable[bool] | bool], within_s: float = 30.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while True:
            found = holds()
            plain = isinstance(found, bool)
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(_STEP_S if plain else _COSTLY_STEP_S)


async def found(look: Callable[[], _T | None], within_s: float = 30.0) -> _T:
    """Wait until there is something to be seen."""
    async with asyncio.timeout(within_s):
        while True:
            seen = look()
            if seen is not None:
                return seen
            await asyncio.sleep(_STEP_S)
