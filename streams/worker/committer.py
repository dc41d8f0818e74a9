"""Outcomes of one partition on their way into the ledger, in batches, one transaction at a time."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from streams.ports import Conclude, Ledger

_MOST: Final = 500
_MOST_BYTES: Final = 8 * 1024 * 1024
_GAP_S: Final = 0.05
"""Between the beginnings of two transactions: each costs the same, however much it writes."""

Committed = Callable[[Sequence[Conclude]], None]


class Committer:
    """What is added while a transaction runs goes into the next one."""

    def __init__(self, partition: int, ledger: Ledger, committed: Committed) -> None:
        self._partition = partition
        self._ledger = ledger
        self._committed = committed
        self._waiting: list[Conclude] = []
        self._added = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def add(self, conclude: Conclude) -> None:
        """Have it committed."""
        self._waiting.append(conclude)
        self._idle.clear()
        self._added.set()

    async def idle(self) -> None:
        """Wait until nothing is left to commit."""
        await self._idle.wait()

    async def run(self) -> None:
        """Commit until the ledger refuses.

        Raises:
            FencedError: another worker owns the partition.
            BrokerError: whether the last batch was written is not known.
        """
        now_s, begun_s = asyncio.get_running_loop().time, float("-inf")
        while True:
            await self._added.wait()
            if (early_s := begun_s + _GAP_S - now_s()) > 0:
                await asyncio.sleep(early_s)
            begun_s = now_s()
            batch = self._next()
            await self._ledger.conclude(self._partition, batch)
            self._committed(batch)
            if not self._waiting:
                self._added.clear()
                self._idle.set()

    def _next(self) -> list[Conclude]:
        size = count = 0
        for conclude in self._waiting[:_MOST]:
            size += sum(len(record.value) for record in conclude.records)
            if count and size > _MOST_BYTES:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch
