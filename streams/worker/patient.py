"""A ledger that takes over nothing before something else is ready."""

import asyncio
from collections.abc import Sequence

from streams.ports import Conclude, History, Ledger


class PatientLedger:
    """The group is joined meanwhile; placing begins with a takeover, so none comes before."""

    def __init__(self, ledger: Ledger, ready: "asyncio.Future[None]") -> None:
        self._ledger = ledger
        self._ready = ready

    async def take_over(self, partition: int) -> History:
        """Wait, then take over.

        Raises:
            FencedError, BrokerError: as the ledger does.
        """
        await asyncio.shield(self._ready)
        return await self._ledger.take_over(partition)

    async def conclude(self, partition: int, batch: Sequence[Conclude]) -> None:
        """Write every record of the batch in one transaction.

        Raises:
            FencedError, BrokerError: as the ledger does.
        """
        await self._ledger.conclude(partition, batch)

    async def release(self, partition: int) -> None:
        """Close the partition's producer."""
        await self._ledger.release(partition)
