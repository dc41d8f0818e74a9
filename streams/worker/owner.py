"""Owning one partition number: take over, restore, commit; start anew when the ledger refuses."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from streams.errors import BrokerError, FencedError
from streams.ports import Conclude, History, Ledger
from streams.worker.committer import Committer

_LOG: Final = logging.getLogger("synergai.app")
_FIRST_S: Final = 0.2
_LONGEST_S: Final = 5.0


class Keeper(Protocol):
    """What the worker does when a partition begins, is restored, or loses its state."""

    def begin(self, partition: int) -> None:
        """Hold what comes, and tell the core again what was delivered before."""

    def restored(self, partition: int, history: History) -> None:
        """Its history is known."""

    def lost(self, partition: int) -> None:
        """Drop its state."""

    def committed(self, batch: Sequence[Conclude]) -> None:
        """These outcomes are in the ledger."""


class Owner:
    """Runs until it is cancelled, which is when the group gives the partition away."""

    def __init__(
        self,
        partition: int,
        ledger: Ledger,
        keeper: Keeper,
        fenced_s: float,
        ready: Callable[[], None],
    ) -> None:
        """``fenced_s``: how long to stay away after another worker took the partition.

        A worker that was asleep still believes in its assignment; within that time it learns.
        """
        self._partition = partition
        self._ledger = ledger
        self._keeper = keeper
        self._fenced_s = fenced_s
        self._ready = ready
        self._away = False
        self._torn = False
        """The last failure was a transaction's: only the next commit tells that it works again."""
        self._delay_s = _FIRST_S
        self.live = False
        """Whether it is restored and places."""
        self.committer = Committer(partition, ledger, self._committed)

    async def again(self, former: "asyncio.Task[None]", after_s: float) -> None:
        """What ``run`` did before is over; wait, then run."""
        self.live = False
        self.committer = Committer(self._partition, self._ledger, self._committed)
        await asyncio.gather(former, return_exceptions=True)
        await asyncio.sleep(after_s)
        await self.run()

    async def run(self) -> None:
        """Take over, commit, and begin again whenever that ends."""
        while True:
            self.committer = Committer(self._partition, self._ledger, self._committed)
            self._keeper.begin(self._partition)
            try:
                history = await self._ledger.take_over(self._partition)
                if not self._torn:
                    self._works()
                self.live = True
                self._keeper.restored(self._partition, history)
                self._ready()
                await self.committer.run()
            except FencedError as error:
                _LOG.warning("%s; its state here is dropped", error)
                wait_s = self._fenced_s
            except BrokerError as error:
                self._say_away(error)
                self._torn = self.live
                wait_s, self._delay_s = self._delay_s, min(2 * self._delay_s, _LONGEST_S)
            self.live = False
            self._keeper.lost(self._partition)
            await asyncio.sleep(wait_s)

    def _committed(self, batch: Sequence[Conclude]) -> None:
        self._works()
        self._keeper.committed(batch)

    def _say_away(self, error: BrokerError) -> None:
        if not self._away:
            _LOG.warning("%s; trying again until it answers", error)
        self._away = True

    def _works(self) -> None:
        if self._away:
            _LOG.warning("ledger partition %d: works again", self._partition)
        self._away = self._torn = False
        self._delay_s = _FIRST_S
