"""Ending in time: what is under way is finished, but nobody waits for a broker that is away."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

DRAIN_S: Final = 8.0
"""How long a worker takes to end at most, whatever it waits for."""
_AWAY_S: Final = 2.0
"""So long after it was asked to end it waits no more for a broker that is away."""
_LOOK_S: Final = 0.1


async def drained(
    serving: "asyncio.Future[Any]",
    is_away: Callable[[], bool],
    now_s: Callable[[], float] = time.monotonic,
) -> bool:
    """Whether what was asked to end did so in time; raises what it raised."""
    begun_s = now_s()
    while not serving.done():
        spent_s = now_s() - begun_s
        if spent_s > DRAIN_S or (spent_s > _AWAY_S and is_away()):
            return False
        await asyncio.wait([serving], timeout=_LOOK_S)
    serving.result()
    return True
