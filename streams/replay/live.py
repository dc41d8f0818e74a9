"""A recording published to a live stack, and how its requests ended."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from functions.kafka_access import kafka_at
from streams.client.address import unreachable
from streams.errors import BrokerError
from streams.replay.book import Book
from streams.replay.capture import Offsets, Reader, partitions, reader
from streams.replay.files import Recording
from streams.replay.pacing import Pace, Rest
from streams.replay.run import Run
from streams.replay.sender import Asked, Sender, survey
from streams.topics import HEADROOM_BYTES, Topics
from streams.worker.closing import close

_EVERY_S: Final = 0.1
_LET_GO_S: Final = 3.0
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
    rest, book = Rest(stop, tick), Book(asked.speed)
    pace = Pace(asked.speed, time.monotonic, rest)
    counts = await partitions(asked.bootstrap, list(requests.values()))
    async with reader(asked.bootstrap, outcomes) as read, _producer(asked) as producer:
        sender = Sender(producer, book, asked, requests, counts, recording.header.partitions)
        following = asyncio.create_task(_follow(read, await read.end(), book))
        try:
            async for entry in pace.due(islice(recording, asked.count)):
                await sender.send(entry)
            await producer.flush()
            over_s, timeout_s = sender.over_s + MARGIN_S, asked.timeout_s
            until_s = over_s if timeout_s is None else time.monotonic() + timeout_s
            await _wait(book, until_s, following, rest)
        finally:
            await _ended(following)
    return Run(
        source="live",
        recording=recording.path.name,
        policy=asked.policy,
        stack=asked.stack,
        sending=pace.kept(),
        notes=tuple(_notes(book, sender.sampled)),
        rows=book.rows(),
    )


@asynccontextmanager
async def _producer(asked: Asked) -> AsyncIterator[Any]:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    producer = AIOKafkaProducer(
        **kafka_at(asked.bootstrap),
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
        await close(producer)


async def _follow(read: Reader, since: Offsets, book: Book) -> None:
    """Outcomes from ``since`` on, until cancelled; a broker that is away is asked again."""
    while True:
        with suppress(KafkaError, BrokerError):
            until = await read.end()
            async for record in read.between(since, until):
                book.read(record)
            since = until
        await asyncio.sleep(_EVERY_S)


async def _ended(following: "asyncio.Task[None]") -> None:
    """It reads no more when its consumer is closed; bounded, since aiokafka may not let it go."""
    following.cancel()
    await asyncio.wait([following], timeout=_LET_GO_S)


async def _wait(book: Book, until_s: float, following: "asyncio.Task[None]", rest: Rest) -> None:
    while book.waiting and time.monotonic() < until_s and not await rest(_EVERY_S):
        if following.done():
            following.result()


def _notes(book: Book, sampled: int) -> list[str]:
    notes = []
    if book.failed:
        notes.append(f"{len(book.failed)} requests were not taken: {book.failed[0]}")
    if sampled:
        notes.append(f"{sampled} payloads are the models' own samples")
    return notes
