"""Capacity, pools and what workers tell: each reads all of it, with consumers of its own."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from functions.cloudevents import from_kafka
from functions.errors import MalformedEventError
from functions.kafka_access import kafka_at
from functions.schema import Capacity
from scheduler.demand import Demand
from streams.schema import News, Pool
from streams.worker.closing import close

_LOG: Final = logging.getLogger("synergai.app")
_RETRY_S: Final = 0.5
_ASK_EVERY_S: Final = 0.4
_ANSWER_WITHIN_S: Final = 5.0
_UNREADABLE: Final = (
    MalformedEventError,
    msgspec.DecodeError,
    UnicodeDecodeError,
    RecursionError,
)

Take = Callable[[Any], None]


class Feed:
    """Reads one topic whole; a broker that is away is waited for and said once."""

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        take: Take,
        *,
        from_start: bool,
        caught_up: Callable[[], None] = lambda: None,
        answered: Callable[[], None] = lambda: None,
        from_last: bool = False,
    ) -> None:
        """``from_start``: from the first record, each time anew; else from now on.

        ``caught_up`` is called when everything that was there from the start has been read;
        ``answered`` often, while the broker answers. ``from_last``: from the record before now on.
        """
        self._bootstrap = bootstrap
        self._topic = topic
        self._take = take
        self._from_start = from_start
        self._caught_up = caught_up
        self._answered = answered
        self._from_last = from_last
        self._asked_s = 0.0
        self.away = False
        """Whether the broker does not answer."""

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            try:
                await self._read()
            except (KafkaError, OSError) as error:
                if not self.away:
                    _LOG.warning(
                        "topic %s: the broker does not answer (%r); trying on", self._topic, error
                    )
                self.away = True
                await asyncio.sleep(_RETRY_S)

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            self._topic,
            **kafka_at(self._bootstrap),
            enable_auto_commit=False,
            auto_offset_reset="earliest" if self._from_start else "latest",
        )
        try:
            await consumer.start()
            if self._from_last:
                await _back_by_one(consumer)
            behind = await self._behind(consumer)
            while True:
                if behind is not None and not behind:
                    behind = None
                    self._caught_up()
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    self._taken(records)
                if behind:
                    behind = {p: e for p, e in behind.items() if await consumer.position(p) < e}
                await self._ask(consumer)
                self._back()
        finally:
            await close(consumer)

    async def _ask(self, consumer: Any) -> None:
        """One feed asks from time to time: reading alone never tells that the broker is away."""
        if self._from_start and time.monotonic() - self._asked_s > _ASK_EVERY_S:
            ends = consumer.end_offsets(consumer.assignment())
            await asyncio.wait_for(ends, _ANSWER_WITHIN_S)
            self._asked_s = time.monotonic()
            self._answered()

    def _back(self) -> None:
        if self.away:
            _LOG.warning("topic %s: is read again", self._topic)
        self.away = False

    async def _behind(self, consumer: Any) -> dict[Any, int] | None:
        """The ends to be reached until everything that is there now has been read."""
        if not self._from_start:
            return None
        places = consumer.assignment()
        ends: dict[Any, int] = await consumer.end_offsets(places)
        return ends

    def _taken(self, records: Iterable[Any]) -> None:
        for record in records:
            try:
                self._take(record)
            except _UNREADABLE as error:
                place = f"{record.topic}/{record.partition}/{record.offset}"
                _LOG.warning("%s is skipped: %s", place, error)


async def _back_by_one(consumer: Any) -> None:
    for place, end in (await consumer.end_offsets(consumer.assignment())).items():
        consumer.seek(place, max(0, end - 1))


def read_capacity(record: Any) -> tuple[Capacity, float]:
    """What an instance said, and when it was appended."""
    event = from_kafka(record.headers, record.value)
    return msgspec.json.decode(event.data, type=Capacity), record.timestamp / 1000


def read_demand(record: Any) -> Demand:
    """What a worker of the app has and expects."""
    return msgspec.json.decode(from_kafka(record.headers, record.value).data, type=Demand)


def read_news(record: Any) -> tuple[News, int, float]:
    """What a worker told the others, where that stands, and when it was appended."""
    event = from_kafka(record.headers, record.value)
    news = msgspec.json.decode(event.data, type=News)
    return news, record.offset, record.timestamp / 1000


def read_pool(record: Any) -> tuple[str, Pool | None]:
    """A pool's name and its declaration; None: it is gone."""
    name = (record.key or b"").decode()
    if not record.value:
        return name, None
    return name, msgspec.json.decode(from_kafka(record.headers, record.value).data, type=Pool)
