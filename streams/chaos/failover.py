"""How long it takes until work goes on after somebody died; one fault at a time."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from streams.chaos.schedule import BROKER
from streams.chaos.stage import Stage
from streams.chaos.watch import Watch

_LOOK_S: Final = 0.05
WITHIN_S: Final = 60.0
"""So long work is waited for."""
_CALM_S: Final = 3.0
_HEALED_S: Final = 0.3
"""What a killed worker published may be appended that much later."""


class Failover(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of each trial."""

    app_restarted_s: list[float]
    """From the start of the only app, after kill -9, to a placement in every partition."""
    other_app_s: list[float]
    """From kill -9 of one of two apps to a placement in every partition."""
    broker_s: list[float]
    """From the broker's open port, after kill -9, to the first outcome."""


async def measure(stage: Stage, watch: Watch, trials: int) -> Failover:
    """Under load; every process is well before and after."""
    apps = stage.cast.apps
    several = range(trials if len(apps) > 1 else 0)
    other = [await _other(stage, watch, apps[trial % 2]) for trial in several]
    for name in apps[1:]:
        stage.hold(name)
        await asyncio.to_thread(stage.actors[name].stop)
    await asyncio.sleep(_CALM_S)
    alone = [await _restarted(stage, watch, apps[0]) for _ in range(trials)]
    for name in apps[1:]:
        stage.actors[name].start()
        stage.release(name)
    await stage.ready()
    await asyncio.sleep(_CALM_S)
    broker = [await _broker(stage, watch) for _ in range(trials)]
    return Failover(app_restarted_s=alone, other_app_s=other, broker_s=broker)


async def _other(stage: Stage, watch: Watch, name: str) -> float:
    stage.hold(name)
    killed_s = time.time()
    await asyncio.to_thread(stage.actors[name].kill)
    stage.happened(name, killed_s)
    took_s = await _placed_everywhere(stage, watch, killed_s, killed_s)
    stage.actors[name].start()
    stage.release(name)
    await stage.ready()
    await asyncio.sleep(_CALM_S)
    return took_s


async def _restarted(stage: Stage, watch: Watch, name: str) -> float:
    stage.hold(name)
    await asyncio.to_thread(stage.actors[name].kill)
    killed_s = time.time()
    stage.happened(name, killed_s)
    stage.actors[name].start()
    took_s = await _placed_everywhere(stage, watch, killed_s, time.time())
    stage.release(name)
    await stage.ready()
    await asyncio.sleep(_CALM_S)
    return took_s


async def _broker(stage: Stage, watch: Watch) -> float:
    stage.hold(BROKER)
    await asyncio.to_thread(stage.actors[BROKER].kill)
    await asyncio.sleep(1.0)
    await asyncio.to_thread(stage.actors[BROKER].start)
    open_s = time.time()
    stage.happened(BROKER, open_s - 1.0)
    found = await _first(lambda: (at_s for at_s in watch.outcomes_s if at_s > open_s))
    stage.release(BROKER)
    await stage.ready()
    await asyncio.sleep(_CALM_S)
    return found - open_s


async def _placed_everywhere(stage: Stage, watch: Watch, killed_s: float, from_s: float) -> float:
    numbers = range(stage.cast.settings.partitions)
    since_s = killed_s + _HEALED_S
    firsts = [
        await _first(lambda n=number: (at for at in watch.placed_s[n] if at > since_s))  # type: ignore[misc]
        for number in numbers
    ]
    return max(firsts) - from_s


async def _first(moments: Callable[[], Iterable[float]]) -> float:
    """The first of the moments, waited for; infinity if none comes."""
    until_s = time.monotonic() + WITHIN_S
    while time.monotonic() < until_s:
        for at_s in moments():
            return at_s
        await asyncio.sleep(_LOOK_S)
    return float("inf")
