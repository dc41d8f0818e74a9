"""All pools of one file in one process: starts, updates and stops their consumers."""

import asyncio
import logging
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streams.errors import StreamsError
from streams.source import pools
from streams.source.balance import Balancer
from streams.source.consumer import PoolConsumer
from streams.source.dispatch import Dispatcher
from streams.source.ports import Sender
from streams.source.post import HttpSender
from streams.source.schema import Delivery, SourcePool

_LOG = logging.getLogger("synergai.source")
_POLL_S: Final = 0.5


@dataclass
class _Running:
    pool: SourcePool
    balancer: Balancer
    dispatcher: Dispatcher
    task: asyncio.Task[None]


class Source:
    """The pools being served; ``apply`` brings them in line with a new list."""

    def __init__(self, bootstrap: str, sender: Sender, delivery: Delivery) -> None:
        self._bootstrap = bootstrap
        self._sender = sender
        self._delivery = delivery
        self._running: dict[str, _Running] = {}

    async def apply(self, wanted: Sequence[SourcePool]) -> None:
        """Start new pools, stop those that left, give the others their instances."""
        named = {pool.name: pool for pool in wanted}
        stale = [
            name
            for name, running in self._running.items()
            if name not in named or not _same_topic(running.pool, named[name])
        ]
        await self._stop(stale)
        for name, pool in named.items():
            if name in self._running:
                self._running[name].balancer.replace(pool.urls)
                self._running[name].dispatcher.headers = pool.headers
            else:
                self._running[name] = self._start(pool)

    def check(self) -> None:
        """Raise what a consumer ended with: it ends only by a fault of ours."""
        for running in self._running.values():
            if running.task.done():
                running.task.result()

    async def close(self) -> None:
        """Finish what is under way and leave every group."""
        await self._stop(list(self._running))

    def _start(self, pool: SourcePool) -> _Running:
        balancer = Balancer(pool.urls, self._delivery.refused_s)
        dispatcher = Dispatcher(
            pool.name, balancer, self._sender, self._delivery, now=time.monotonic
        )
        dispatcher.headers = pool.headers
        consumer = PoolConsumer(pool, self._bootstrap, dispatcher, self._delivery.drain_s)
        return _Running(pool, balancer, dispatcher, asyncio.create_task(consumer.run()))

    async def _stop(self, names: Sequence[str]) -> None:
        stopped = [self._running.pop(name) for name in names]
        for running in stopped:
            running.task.cancel()
        await asyncio.gather(*(running.task for running in stopped), return_exceptions=True)
        for running in stopped:
            _LOG.info("pool %s: %s", running.pool.name, running.dispatcher.counts)


def _same_topic(one: SourcePool, other: SourcePool) -> bool:
    return (one.topic, one.in_flight) == (other.topic, other.in_flight)


async def serve(file: Path, bootstrap: str, delivery: Delivery | None = None) -> None:
    """Serve the pools of ``file``, read again at SIGHUP and at change, until SIGTERM or SIGINT.

    Raises:
        StreamsError: the file is unusable at the start; later the last good one is kept.
    """
    rules = delivery or Delivery()
    stopping, woken = _signals()
    stamp, wanted = _stamp(file), pools.read(file)
    async with HttpSender(rules) as sender:
        source = Source(bootstrap, sender, rules)
        try:
            await source.apply(wanted)
            while not stopping.is_set():
                asked = await _set_within(woken, _POLL_S)
                woken.clear()
                source.check()
                if not stopping.is_set() and (asked or _stamp(file) != stamp):
                    stamp = _stamp(file)
                    await _reload(source, file)
        finally:
            await source.close()


async def _reload(source: Source, file: Path) -> None:
    try:
        await source.apply(pools.read(file))
    except StreamsError as error:
        _LOG.warning("%s; the pools stay as they were", error)


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    stopping, woken = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        woken.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, woken.set)
    return stopping, woken


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
