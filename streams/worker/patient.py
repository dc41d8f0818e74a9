"""A ledger that hands over nothing before something else is ready."""

import asyncio
from collections.abc import Sequence

from streams.ports import Conclude, History, Ledger


class PatientLedger:
    """The group is joined and history read meanwhile: placing begins when that is handed over."""

    def __init__(self, ledger: Ledger, ready: "asyncio.Future[None]") -> None:
        self._ledger = ledger
        self._ready = ready

    async def take_over(self, partition: int) -> History:
        """Take over, and wait.

        Raises:
            FencedError, BrokerError: as the ledger does.
        """
        history = await self._ledger.take_over(partition)
        await asyncio.shield(self._ready)
        return history

    async def conclude(self, partition: int, batch: Sequence[Conclude]) -> None:
        """Write every record of the batch in one transaction.

        Raises:
            FencedError, BrokerError: as the ledger does.
        """
        await self._ledger.conclude(partition, batch)

    async def release(self, partition: int) -> None:
        """Close the partition's producer."""
        await self._ledger.release(partition)
