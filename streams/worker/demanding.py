"""Tells what the worker's requests ask for: every second, and at once when much has changed."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

import msgspec

from functions.cloudevents import CloudEvent, to_kafka
from functions.rfc3339 import render
from scheduler.demand import Demand
from streams.errors import BrokerError
from streams.ports import Outgoing, Publisher
from streams.schema import DEMAND_TYPE
from streams.topics import Topics
from streams.worker.awake import steady_s
from streams.worker.clock import WorkerClock

EVERY_S: Final = 1.0
LOOK_S: Final = 0.1
"""How often it looks for a big change, and the least time between two events."""
_BIG: Final = 0.5
"""More waiting requests, or arrivals, by this share are a big change, ..."""
_FEW: Final = 4
"""... and by at least so many."""


class Source(Protocol):
    """What knows the demand."""

    @property
    def waiting(self) -> int:
        """Requests that wait."""

    @property
    def arrivals(self) -> int:
        """New requests since the beginning."""

    def demand(self, worker: str, now_s: float) -> Demand:
        """What waits, what is placed and what is to come."""


class Teller:
    """``look`` is called often and cheap; it says whether there is something to tell."""

    def __init__(self, look: Callable[[], tuple[int, int]], demand: Callable[[], Demand]) -> None:
        """``look``: how many wait, and how many came since the beginning."""
        self._look = look
        self._demand = demand
        self._told_s = float("-inf")
        self._waited = 0
        self._arrivals = 0
        self._usual = 0.0

    def due(self, now_s: float) -> Demand | None:
        """What is to be told now, if anything is."""
        waiting, arrivals = self._look()
        came = arrivals - self._arrivals
        since_s = now_s - self._told_s
        big = _much(waiting, self._waited) or _much(came, self._usual * min(since_s, EVERY_S))
        if since_s < LOOK_S or (since_s < EVERY_S and not big):
            return None
        if since_s < float("inf"):
            self._usual = 0.5 * self._usual + 0.5 * came / since_s
        self._told_s, self._waited, self._arrivals = now_s, waiting, arrivals
        return self._demand()


def _much(found: float, before: float) -> bool:
    return abs(found - before) >= max(_FEW, _BIG * before)


def record(topic: str, demand: Demand) -> Outgoing:
    """A demand as it is published."""
    event = CloudEvent(
        id=f"{demand.worker}/{demand.at_s:.3f}",
        source=f"/synergai/app/{demand.worker}",
        type=DEMAND_TYPE,
        time=render(demand.at_s),
        datacontenttype="application/json",
        data=msgspec.json.encode(demand),
    )
    headers, value = to_kafka(event)
    key = demand.worker.encode()
    return Outgoing(topic=topic, key=key, headers=headers, value=value)


@asynccontextmanager
async def telling(
    source: Source, publisher: Publisher, topics: Topics, clock: WorkerClock
) -> AsyncIterator[None]:
    """Tell what ``source`` asks for, as long as the context lasts."""
    name = f"{socket.gethostname()}-{os.getpid()}"
    teller = Teller(
        lambda: (source.waiting, source.arrivals), lambda: source.demand(name, clock.now_s())
    )
    task = asyncio.create_task(tell(teller, publisher, topics.system("demand")))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def tell(teller: Teller, publisher: Publisher, topic: str) -> None:
    """Publish what is due until cancelled; what cannot be sent is told anew soon."""
    while True:
        demand = teller.due(steady_s())
        if demand is not None:
            with suppress(BrokerError):  # the feeds say that the broker is away
                await publisher.publish(record(topic, demand))
        await asyncio.sleep(LOOK_S)
