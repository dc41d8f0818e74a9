"""Events under way."""

import asyncio

from streams.source.flow import Flow
from streams.source.schema import Event


class Gate:
    """Deliveries that end when the test says so."""

    def __init__(self) -> None:
        self.open: dict[str, asyncio.Event] = {}

    async def deliver(self, event: Event) -> bool:
        """Wait for the test."""
        await self.open.setdefault(event.place, asyncio.Event()).wait()
        return True

    def let(self, place: str) -> None:
        """The delivery of ``place`` ends."""
        self.open.setdefault(place, asyncio.Event()).set()


def event(offset: int) -> Event:
    """One with the offset as its place."""
    return Event(place=str(offset), headers={}, body=b"")


async def started(flow: Flow, offsets: range, partition: int = 0) -> None:
    """Take the offsets."""
    for offset in offsets:
        await flow.room()
        flow.take(partition, offset, event(offset))


async def settle() -> None:
    """Let ready tasks run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_prefix_only() -> None:
    """Events that finish out of order advance nothing until the first is finished."""
    gate = Gate()
    flow = Flow("t", 10, gate.deliver)
    await started(flow, range(3))
    gate.let("2")
    gate.let("1")
    await settle()
    assert flow.advanced() == {}
    gate.let("0")
    await settle()
    assert flow.advanced() == {0: 3}
    assert flow.advanced() == {}


async def test_bounded() -> None:
    """No more than the limit are under way; a finished one makes room."""
    gate = Gate()
    flow = Flow("t", 2, gate.deliver)
    await started(flow, range(2))
    waiting = asyncio.create_task(flow.room())
    await settle()
    assert not waiting.done()
    gate.let("1")
    await waiting
    flow.no_event()
    await flow.drained(0.01)


async def test_lost_partition_is_not_committed() -> None:
    """What finishes after its partition was given away advances nothing."""
    gate = Gate()
    flow = Flow("t", 10, gate.deliver)
    await started(flow, range(1))
    flow.lost([0])
    await started(flow, range(1, 2))
    gate.let("0")
    await settle()
    assert flow.advanced() == {}
    gate.let("1")
    await settle()
    assert flow.advanced() == {0: 2}


async def test_drain_cancels_what_is_left() -> None:
    """What does not end in time is cancelled and stays uncommitted."""
    gate = Gate()
    flow = Flow("t", 10, gate.deliver)
    await started(flow, range(2))
    gate.let("0")
    await flow.drained(0.05)
    assert flow.advanced() == {0: 1}


async def test_failed_commit_is_tried_again() -> None:
    """Offsets whose commit failed are handed out once more."""
    gate = Gate()
    flow = Flow("t", 10, gate.deliver)
    await started(flow, range(1))
    gate.let("0")
    await settle()
    assert flow.advanced() == {0: 1}
    flow.not_committed()
    assert flow.advanced() == {0: 1}
