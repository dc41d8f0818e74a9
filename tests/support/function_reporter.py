"""A reporter that keeps what it is told, and fails when told to."""

import asyncio

from functions.errors import TemporaryError
from functions.reporting.ports import Receipt, Report
from functions.schema import CAPACITY_TYPE


class MemoryReporter:
    """Reports in order of acknowledgement; ``refuse`` and ``hold`` name topics."""

    def __init__(self, now_s: float = 1_800_000_000.0) -> None:
        self.now_s = now_s
        self.sent: list[Report] = []
        self.refuse: dict[str, Exception] = {}
        self.hold: dict[str, asyncio.Event] = {}

    async def send(self, report: Report) -> Receipt:
        """Keep it."""
        if report.topic in self.hold:
            await self.hold[report.topic].wait()
        await asyncio.sleep(0)
        if report.topic in self.refuse:
            raise self.refuse[report.topic]
        self.sent.append(report)
        return Receipt(partition=report.partition or 0, offset=len(self.sent) - 1)

    def broker_time_s(self) -> float:
        """A clock that stands."""
        return self.now_s

    def away(self, *topics: str) -> None:
        """Kafka does not take these topics."""
        self.refuse = {topic: TemporaryError(f"topic {topic}: away") for topic in topics}

    def of(self, topic: str) -> list[Report]:
        """What went to a topic."""
        return [report for report in self.sent if report.topic == topic]

    @property
    def spoken(self) -> list[Report]:
        """Everything but capacity events."""
        return [report for report in self.sent if report.event.type != CAPACITY_TYPE]
