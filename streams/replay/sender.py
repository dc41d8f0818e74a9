"""Publishes recorded requests to their topics."""

import asyncio
import time
import uuid
from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from aiokafka.errors import KafkaError

from streams.errors import StreamsError
from streams.replay.book import Book
from streams.replay.files import Recording
from streams.replay.lives import life
from streams.replay.retimed import Sample, mark, retimed
from streams.replay.schema import Entry
from streams.settings import Settings


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording is to be played."""

    bootstrap: str
    settings: Settings
    """Prefix, size limit, and budget and grace of requests that ask for none."""
    tenant: str | None = None
    """None: each its own."""
    speed: float | None = 1.0
    """None: as fast as it goes."""
    count: int | None = None
    sample: Sample | None = None
    timeout_s: float | None = None
    """Wait so long after the last request; None: until the last one has expired."""
    policy: str = ""
    stack: str = ""
    """Both for the run's own description."""


class Sender:
    """Sends requests and tells the book what became of them."""

    def __init__(
        self,
        producer: Any,
        book: Book,
        asked: Asked,
        topics: Mapping[str, str],
        counts: Mapping[str, int],
        recorded: Mapping[str, int],
    ) -> None:
        """``counts``, ``recorded``: partitions by topic now and when it was recorded."""
        self._producer, self._book, self._asked = producer, book, asked
        self._topics, self._counts, self._recorded = topics, counts, recorded
        self._mark = mark(uuid.uuid4().hex[:8])
        self.sampled = 0
        """How many were sent with their model's own sample."""
        self.over_s = 0.0
        """When all that was sent has expired, on the monotonic clock."""

    async def send(self, entry: Entry) -> None:
        """One request, not waiting for the broker."""
        tenant = self._asked.tenant or entry.tenant
        number, topic = self._book.sent(entry), self._topics[tenant]
        key, headers, value = retimed(entry, time.time(), self._mark, self._asked.sample)
        self.sampled += not isinstance(entry.value, bytes)
        try:
            leaving = await self._producer.send(
                topic, value, key=key, headers=list(headers), partition=self._place(entry, topic)
            )
        except KafkaError as error:
            self._book.refused(number, str(error) or type(error).__name__)
            return
        theirs = msgspec.structs.replace(entry, tenant=tenant)
        leaving.add_done_callback(partial(self._left, number, theirs))
        self.over_s = max(self.over_s, time.monotonic() + life(entry, self._asked.settings)[1])

    def _place(self, entry: Entry, topic: str) -> int | None:
        """The recorded one where there are as many; by the key where there is one."""
        count = self._counts[topic]
        if self._recorded.get(entry.topic) == count or entry.key is None:
            return entry.partition % count
        return None

    def _left(self, number: int, entry: Entry, leaving: "asyncio.Future[Any]") -> None:
        error = asyncio.CancelledError() if leaving.cancelled() else leaving.exception()
        if error is not None:
            self._book.refused(number, str(error) or type(error).__name__)
            return
        found = leaving.result()
        self._book.appended(number, entry, (found.topic, found.partition, found.offset))


def survey(recording: Recording, asked: Asked) -> set[str]:
    """Read everything before anything is sent; the tenants whose topics are needed.

    Raises:
        StreamsError: a line is wrong, there is no request, or one has no payload to send.
        UnknownModelError: there is no sample for a model.
    """
    tenants: set[str] = set()
    bare: set[str] = set()
    for entry in islice(recording, asked.count):
        tenants.add(asked.tenant or entry.tenant)
        if not isinstance(entry.value, bytes):
            bare.add(entry.model)
    if not tenants:
        raise StreamsError(f"{recording.path}: found no request, allowed: at least one line")
    if bare and asked.sample is None:
        found = f"{recording.path}: value: found a recording without payloads"
        allowed = "--samples, which sends each model's own sample, or --simulate"
        raise StreamsError(f"{found}, allowed: {allowed}")
    for model in sorted(bare):
        if asked.sample is not None:
            asked.sample(model)
    return tenants
