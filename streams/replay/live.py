"""A recording published to a live stack, and how its requests ended."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.client.address import unreachable
from streams.errors import BrokerError
from streams.replay.book import Book
from streams.replay.capture import Offsets, Reader, partitions, reader
from streams.replay.files import Recording
from streams.replay.pacing import Pace
from streams.replay.run import Run
from streams.replay.sender import Asked, Sender, survey
from streams.topics import HEADROOM_BYTES, Topics

_EVERY_S: Final = 0.1
MARGIN_S: Final = 15.0
"""Every request has an outcome by its expiry; so much later nothing is waited for."""


async def replay(
    recording: Recording, asked: Asked, stop: asyncio.Event, tick: Callable[[], None]
) -> Run:
    """Publish everything at its time and wait for the outcomes; ends by itself.

    ``stop`` ends it early, ``tick`` is called some times a second.

    Raises:
        StreamsError: a line of the recording is wrong.
        BrokerError: the broker is away or a topic is missing.
    """
    tenants = survey(recording, asked)
    topics = Topics(asked.settings)
    requests = {tenant: topics.tenant(tenant, "requests") for tenant in tenants}
    outcomes = [topics.tenant(tenant, "outcomes") for tenant in tenants]
    pace, book = Pace(asked.speed, time.monotonic), Book(asked.speed)
    counts = await partitions(asked.bootstrap, list(requests.values()))
    async with reader(asked.bootstrap, outcomes) as read, _producer(asked) as producer:
        sender = Sender(producer, book, asked, requests, counts, recording.header.partitions)
        following = asyncio.create_task(_follow(read, await read.end(), book))
        try:
            await _send(recording, asked, sender, pace, stop, tick)
            await producer.flush()
            await _wait(book, sender.over_s, asked.timeout_s, following, stop, tick)
        finally:
            following.cancel()
    return Run(
        source="live",
        recording=recording.path.name,
        policy=asked.policy,
        stack=asked.stack,
        sending=pace.kept(),
        notes=tuple(_notes(book, asked)),
        rows=book.rows(),
    )


@asynccontextmanager
async def _producer(asked: Asked) -> AsyncIterator[Any]:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    producer = AIOKafkaProducer(
        bootstrap_servers=asked.bootstrap,
        acks="all",
        enable_idempotence=True,
        max_request_size=asked.settings.max_request_bytes + HEADROOM_BYTES,
    )
    try:
        await producer.start()
        yield producer
    except KafkaError as error:
        raise unreachable(asked.bootstrap, str(error) or type(error).__name__) from None
    finally:
        await producer.stop()


async def _send(
    recording: Recording,
    asked: Asked,
    sender: Sender,
    pace: Pace,
    stop: asyncio.Event,
    tick: Callable[[], None],
) -> None:
    ticked_s = time.monotonic()
    async for entry in pace.due(islice(recording, asked.count)):
        if stop.is_set():
            return
        await sender.send(entry)
        if time.monotonic() - ticked_s > _EVERY_S:
            tick()
            ticked_s = time.monotonic()


async def _follow(read: Reader, since: Offsets, book: Book) -> None:
    """Outcomes from ``since`` on, until cancelled."""
    while True:
        until = await read.end()
        async for record in read.between(since, until):
            book.read(record)
        since = until
        await asyncio.sleep(_EVERY_S)


async def _wait(
    book: Book,
    over_s: float,
    timeout_s: float | None,
    following: "asyncio.Task[None]",
    stop: asyncio.Event,
    tick: Callable[[], None],
) -> None:
    until_s = over_s + MARGIN_S if timeout_s is None else time.monotonic() + timeout_s
    while book.waiting and time.monotonic() < until_s and not stop.is_set():
        if following.done():
            following.result()
            raise BrokerError("outcomes are not read any more")
        tick()
        await asyncio.sleep(_EVERY_S)


def _notes(book: Book, asked: Asked) -> list[str]:
    notes = []
    if book.failed:
        notes.append(f"{len(book.failed)} requests were not taken: {book.failed[0]}")
    if asked.sample is not None:
        notes.append("payloads are the models' own samples")
    return notes
