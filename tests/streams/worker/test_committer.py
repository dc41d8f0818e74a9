"""Batches on their way into the ledger."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from streams.errors import FencedError
from streams.ports import Conclude, History, Outgoing
from streams.schema import Outcome
from streams.worker.committer import Committer
from tests.support.waiting import until


class SlowLedger:
    """Each transaction waits until it is let through."""

    def __init__(self) -> None:
        self.begun: list[list[str]] = []
        self.through = asyncio.Semaphore(0)
        self.fenced = False

    async def take_over(self, partition: int) -> History:
        """Nothing is known."""
        return History()

    async def conclude(self, partition: int, batch: Sequence[Conclude]) -> None:
        """Wait."""
        self.begun.append([each.outcome.request_id for each in batch])
        await self.through.acquire()
        if self.fenced:
            raise FencedError("fenced")

    async def release(self, partition: int) -> None:
        """Nothing."""


class Committing:
    """A committer that runs, and what it committed."""

    def __init__(self) -> None:
        self.ledger = SlowLedger()
        self.done: list[str] = []
        self.committer = Committer(0, self.ledger, self._committed)
        self.task: asyncio.Task[None] | None = None

    def add(self, *names: str, size: int = 1) -> None:
        """Have them committed."""
        for name in names:
            self.committer.add(conclude(name, size))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Committing"]:
        """Runs inside the ``with``."""
        self.task = asyncio.create_task(self.committer.run())
        try:
            yield self
        finally:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    def _committed(self, batch: Sequence[Conclude]) -> None:
        self.done += [each.outcome.request_id for each in batch]


def conclude(name: str, size: int = 1) -> Conclude:
    """An outcome of so many bytes."""
    outcome = Outcome(
        identity=name, request_id=name, tenant="t", source="s", model="m", kind="met", reason="r"
    )
    record = Outgoing(topic="outcomes", key=None, headers=(), value=bytes(size))
    return Conclude(partition=0, outcome=outcome, records=(record,))


async def test_what_comes_during_a_transaction_goes_into_the_next() -> None:
    """One transaction at a time; nothing is lost, the order is kept."""
    async with Committing().running() as world:
        world.add("a")
        await until(lambda: world.ledger.begun == [["a"]])
        world.add("b", "c")
        assert world.done == []
        world.ledger.through.release()
        await until(lambda: world.ledger.begun == [["a"], ["b", "c"]])
        assert world.done == ["a"]
        world.ledger.through.release()
        await world.committer.idle()
        assert world.done == ["a", "b", "c"]


async def test_batches_are_limited_in_number() -> None:
    """More than fit go in turn."""
    names = [f"n{number}" for number in range(1201)]
    async with Committing().running() as world:
        world.add(*names)
        for _ in range(3):
            world.ledger.through.release()
        await world.committer.idle()
        assert [len(batch) for batch in world.ledger.begun] == [500, 500, 201]
        assert world.done == names


async def test_batches_are_limited_in_size() -> None:
    """Large records share a transaction only as far as they fit; one always goes."""
    async with Committing().running() as world:
        world.add("a", "b", "c", size=3 * 1024 * 1024)
        world.add("d", size=9 * 1024 * 1024)
        world.add("e")
        for _ in range(4):
            world.ledger.through.release()
        await world.committer.idle()
        assert world.ledger.begun == [["a", "b"], ["c"], ["d"], ["e"]]


async def test_a_refusal_ends_it() -> None:
    """Nothing of the refused batch counts as committed, and it is never idle."""
    async with Committing().running() as world:
        world.ledger.fenced = True
        world.add("a")
        world.ledger.through.release()
        assert world.task is not None
        with pytest.raises(FencedError):
            await world.task
        assert world.done == []
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(world.committer.idle(), 0.01)
