"""Events under way: bounded in number, finished in any order, committed as a prefix."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from streams.source.prefix import Prefix
from streams.source.schema import Event


class Flow:
    """One pool's events between the topic and the instances."""

    def __init__(self, in_flight: int, deliver: Callable[[Event], Awaitable[object]]) -> None:
        self._room = asyncio.Semaphore(in_flight)
        self._deliver = deliver
        self._prefixes: dict[int, Prefix] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def room(self) -> None:
        """Wait until one more event may be taken; ``take`` or ``no_event`` must follow."""
        await self._room.acquire()

    def no_event(self) -> None:
        """Nothing was taken after all."""
        self._room.release()

    def take(self, partition: int, offset: int, event: Event) -> None:
        """Start the delivery of an event for which there is room."""
        prefix = self._prefixes.setdefault(partition, Prefix())
        prefix.opened(offset)
        task = asyncio.create_task(self._run(prefix, offset, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def lost(self, partitions: Iterable[int]) -> None:
        """Forget partitions; what still runs of them is never committed."""
        for partition in partitions:
            self._prefixes.pop(partition, None)

    def forget(self) -> None:
        """Forget every partition, as when the group is left."""
        self._prefixes.clear()

    def advanced(self) -> dict[int, int]:
        """The offsets to commit since the last call."""
        found = {partition: prefix.advanced() for partition, prefix in self._prefixes.items()}
        return {partition: offset for partition, offset in found.items() if offset is not None}

    async def drained(self, within_s: float) -> None:
        """Wait for what runs; what is left then is cancelled and stays uncommitted."""
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=within_s)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _run(self, prefix: Prefix, offset: int, event: Event) -> None:
        try:
            await self._deliver(event)
            prefix.finished(offset)
        finally:
            self._room.release()
