"""A ledger that waits for something else."""

import asyncio

from streams.settings import Settings
from streams.topics import Topics
from streams.worker.patient import PatientLedger
from tests.support.memory_broker import MemoryBroker
from tests.support.memory_ports import MemoryLedger

SETTINGS = Settings(partitions=1)


async def test_hands_over_when_the_other_thing_is_ready() -> None:
    """Not before: that is where placing begins; it is read meanwhile."""
    broker = MemoryBroker({row.name: row.partitions for row in Topics(SETTINGS).table()})
    ready = asyncio.get_running_loop().create_future()
    ledger = PatientLedger(MemoryLedger(broker, SETTINGS), ready)
    taking = asyncio.create_task(ledger.take_over(0))
    await asyncio.sleep(0)
    assert not taking.done()
    await ledger.conclude(0, [])  # it is ours already
    ready.set_result(None)
    assert (await taking).concluded == {}
    await ledger.conclude(0, [])
    await ledger.release(0)


async def test_giving_up_ends_only_the_waiting() -> None:
    """A partition that is taken away meanwhile does not stop what others wait for."""
    broker = MemoryBroker({row.name: row.partitions for row in Topics(SETTINGS).table()})
    ready = asyncio.get_running_loop().create_future()
    ledger = PatientLedger(MemoryLedger(broker, SETTINGS), ready)
    taking = asyncio.create_task(ledger.take_over(0))
    await asyncio.sleep(0)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    assert not ready.done()
    ready.set_result(None)
