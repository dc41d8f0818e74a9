"""Events under way: bounded in number, finished in any order, committed as a prefix."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from streams.core.tracker import Tracker
from streams.source.schema import Event


class Flow:
    """One pool's events between the topic and the instances."""

    def __init__(
        self, topic: str, in_flight: int, deliver: Callable[[Event], Awaitable[object]]
    ) -> None:
        self._topic = topic
        self._room = asyncio.Semaphore(in_flight)
        self._deliver = deliver
        self._trackers: dict[int, Tracker] = {}
        self._said: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def room(self) -> None:
        """Wait until one more event may be taken; ``take`` or ``no_event`` must follow."""
        await self._room.acquire()

    def no_event(self) -> None:
        """Nothing was taken after all."""
        self._room.release()

    def take(self, partition: int, offset: int, event: Event) -> None:
        """Start the delivery of an event for which there is room."""
        tracker = self._trackers.setdefault(partition, Tracker(self._topic, partition))
        tracker.begin(offset)
        task = asyncio.create_task(self._run(tracker, offset, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def lost(self, partitions: Iterable[int]) -> None:
        """Forget partitions; what still runs of them is never committed."""
        for partition in partitions:
            self._trackers.pop(partition, None)
            self._said.pop(partition, None)

    def forget(self) -> None:
        """Forget every partition, as when the group is left."""
        self.lost(list(self._trackers))

    def advanced(self) -> dict[int, int]:
        """The offsets to commit (those of the next events) that grew since the last call."""
        found = {
            partition: tracker.acknowledged + 1
            for partition, tracker in self._trackers.items()
            if tracker.acknowledged is not None
        }
        grown = {p: offset for p, offset in found.items() if self._said.get(p) != offset}
        self._said |= grown
        return grown

    def not_committed(self) -> None:
        """Committing failed: everything is handed out again."""
        self._said.clear()

    async def drained(self, within_s: float) -> None:
        """Wait for what runs; what is left then is cancelled and stays uncommitted."""
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=within_s)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _run(self, tracker: Tracker, offset: int, event: Event) -> None:
        try:
            await self._deliver(event)
            tracker.done(offset)
        finally:
            self._room.release()
