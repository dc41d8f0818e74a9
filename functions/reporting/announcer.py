"""Capacity events: at every change, at most one in flight, and every second in any case."""

import asyncio
import contextlib
import time
from typing import Final

import msgspec

from functions.cloudevents import CloudEvent
from functions.errors import PermanentError, TemporaryError
from functions.reporting.holdings import Holdings
from functions.reporting.ports import Report, Reporter
from functions.schema import CAPACITY_TYPE, Capacity
from functions.settings import FunctionSettings

_GAP_S: Final = 0.005
"""Between two events; changes inside it go out together."""


class Announcer:
    """Tells Kafka what ``holdings`` holds."""

    def __init__(self, settings: FunctionSettings, holdings: Holdings, reporter: Reporter) -> None:
        self._settings, self._holdings, self._reporter = settings, holdings, reporter
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to announce."""
        self._task = asyncio.create_task(self._run())

    def changed(self) -> None:
        """Something changed; an event follows at once."""
        self._changed.set()

    async def stop(self) -> None:
        """One last event, then silence."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.announce()

    async def announce(self) -> None:
        """Send the present state; Kafka being away is not an error here."""
        capacity = self._holdings.capacity(time.monotonic())
        topic = f"{self._settings.topic_prefix}.system.capacity"
        with contextlib.suppress(TemporaryError, PermanentError):
            await self._reporter.send(report(topic, capacity))

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            await self.announce()
            await asyncio.sleep(_GAP_S)
            try:
                async with asyncio.timeout(self._settings.capacity_every_s):
                    await self._changed.wait()
            except TimeoutError:
                continue


def report(topic: str, capacity: Capacity) -> Report:
    """What is held, as an event."""
    event = CloudEvent(
        id=f"{capacity.instance}/{capacity.sequence}",
        source=f"/synergai/{capacity.pool}/{capacity.instance}",
        type=CAPACITY_TYPE,
        subject=capacity.instance,
        datacontenttype="application/json",
        data=msgspec.json.encode(capacity),
    )
    return Report(topic=topic, key=capacity.instance.encode(), event=event)
