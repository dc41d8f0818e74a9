"""A broker in memory: partitioned logs, transactions, fences, and one consumer group's offsets."""

import asyncio
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from streams.errors import BrokerError, FencedError
from streams.ports import Outgoing, Record

Place = tuple[str, int]
"""Topic and partition."""


class MemoryBroker:
    """What is appended is told to the followers a moment later, as a consumer would find it."""

    def __init__(self, partitions: Mapping[str, int]) -> None:
        self.away = False
        """Every use fails."""
        self.broken_after: int | None = None
        """A transaction is torn after so many records: none of them may be seen."""
        self.torn = 0
        """How many transactions were."""
        self.missing: set[str] = set()
        """Topics that are not there for now."""
        self.refused = 0
        """How often a topic was not there."""
        self.committed: dict[Place, int] = {}
        """The group's offsets: the next one to be delivered."""
        self._partitions = dict(partitions)
        self._logs: defaultdict[Place, list[Record]] = defaultdict(list)
        self._epochs: defaultdict[str, int] = defaultdict(int)
        self._followers: list[Callable[[], None]] = []

    async def send(self, record: Outgoing) -> Record:
        """Append one record."""
        await asyncio.sleep(0)
        self.check()
        return self._append(record)

    def read(self, topic: str) -> list[Record]:
        """What a reader of committed records has seen by now."""
        return [each for (name, _), log in self._logs.items() if name == topic for each in log]

    async def next_offset(self, topic: str, partition: int) -> int:
        """What the group has committed; 0: nothing."""
        return self.committed.get((topic, partition), 0)

    def since(self, place: Place, offset: int) -> list[Record]:
        """The records of one partition from an offset on."""
        return self._logs[place][offset:]

    def fence(self, name: str) -> int:
        """Begin a new epoch of a transactional id; all earlier ones are fenced."""
        self.check()
        self._epochs[name] += 1
        return self._epochs[name]

    async def transaction(self, name: str, epoch: int, records: Iterable[Outgoing]) -> None:
        """Append all records or none."""
        written = list(records)
        await asyncio.sleep(0)
        self.check()
        if epoch != self._epochs[name]:
            raise FencedError(f"{name}: epoch {epoch} is fenced")
        if self.broken_after is not None and len(written) > self.broken_after:
            self.torn += 1
            raise BrokerError(f"{name}: the transaction was torn")
        for record in written:
            there = record.partition in range(self._partitions.get(record.topic, 0))
            kept = record if there else msgspec.structs.replace(record, partition=None)
            self._append(kept)

    def follow(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call ``told`` after every append until what is returned is called."""
        self._followers.append(told)

        def unfollow() -> None:
            self._followers = [each for each in self._followers if each != told]

        return unfollow

    def check(self) -> None:
        """Raise BrokerError while it is away."""
        if self.away:
            raise BrokerError("the broker is away")

    def _append(self, record: Outgoing) -> Record:
        count = self._partitions.get(record.topic)
        if count is None or record.topic in self.missing:
            self.refused += 1
            raise BrokerError(f"topic {record.topic}: not there")
        number = record.partition
        if number is None:
            number = zlib.crc32(record.key or b"") % count
        if not 0 <= number < count:
            raise BrokerError(f"topic {record.topic}: no partition {number}")
        log = self._logs[record.topic, number]
        found = Record(
            topic=record.topic, partition=number, offset=len(log), append_s=time.time(),
            key=record.key, headers=record.headers, value=record.value,
        )  # fmt: skip
        log.append(found)
        for told in self._followers:
            asyncio.get_running_loop().call_soon(told)
        return found
