"""The worker's outlets in memory: a ledger that fences, a publisher."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from streams.core.recall import Recall
from streams.errors import BrokerError
from streams.ports import Conclude, History, Outgoing
from streams.schema import Decision, Outcome
from streams.settings import Settings
from streams.topics import Topics
from tests.support.memory_broker import MemoryBroker

_T = TypeVar("_T", bound=msgspec.Struct)


class MemoryLedger:
    """One worker's view of the ledger."""

    def __init__(self, broker: MemoryBroker, settings: Settings) -> None:
        self._broker = broker
        self._settings = settings
        self._topics = Topics(settings)
        self._epochs: dict[int, int] = {}
        self.batches: list[int] = []
        """The sizes of what was committed."""

    async def take_over(self, partition: int) -> History:
        """Fence a former owner, then read its history."""
        await self.release(partition)
        self._epochs[partition] = self._broker.fence(self._name(partition))
        outcomes = [
            outcome
            for tenant in self._settings.tenants
            for outcome in self._read(self._topics.tenant(tenant, "outcomes"), partition, Outcome)
        ]
        return recalled(outcomes, self._read(self._topics.system("decisions"), partition, Decision))

    async def conclude(self, partition: int, batch: Sequence[Conclude]) -> None:
        """Append all records of the batch or none."""
        epoch = self._epochs.get(partition)
        if epoch is None:
            raise BrokerError(f"ledger partition {partition}: not taken over")
        records = [record for conclude in batch for record in conclude.records]
        await self._broker.transaction(self._name(partition), epoch, records)
        self.batches.append(len(batch))

    async def release(self, partition: int) -> None:
        """Forget the epoch."""
        self._epochs.pop(partition, None)

    def _name(self, partition: int) -> str:
        return f"{self._settings.topic_prefix}.ledger.{partition}"

    def _read(self, topic: str, partition: int, kind: type[_T]) -> list[_T]:
        records = self._broker.since((topic, partition), 0)
        return [msgspec.json.decode(record.value, type=kind) for record in records]


def recalled(outcomes: Iterable[Outcome], decisions: Iterable[Decision]) -> History:
    """What a takeover keeps of these."""
    recall = Recall()
    for outcome in outcomes:
        recall.outcome(outcome)
    for decision in decisions:
        recall.decision(decision)
    return recall.history()


class MemoryPublisher:
    """Appends."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker

    async def publish(self, record: Outgoing) -> None:
        """Send."""
        await self._broker.send(record)
