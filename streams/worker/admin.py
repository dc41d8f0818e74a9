"""Topics are created explicitly, and compared with the table before anything relies on them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from functions.kafka_access import kafka_at
from streams.errors import BrokerError, StreamsError
from streams.topics import Topic, missing

_NONE: Final = 0
_EXISTS: Final = 36
_COPIES: Final = 3
"""Of each partition, where the cluster has so many brokers."""
_RETRY_S: Final = 0.25


async def create_topics(
    bootstrap: str, rows: Iterable[Topic], within_s: float = 30.0, copies: int | None = None
) -> list[str]:
    """Create what is missing; the names of what was created.

    ``copies`` of each partition; not given: three, or as many as there are brokers.

    Raises:
        BrokerError: the broker is away, or refuses; says which topic and why.
        StreamsError: a topic is there with another number of partitions.
    """
    wanted = list(rows)
    async with _admin(bootstrap, within_s) as admin:
        present = await _partitions(admin)
        check(wanted, present)
        absent = missing(wanted, present)
        if absent:
            await _create(admin, absent, copies)
            await _until_there(admin, absent, within_s)
    return [row.name for row in absent]


async def present_topics(bootstrap: str, within_s: float = 10.0) -> dict[str, int]:
    """All topics of the cluster and how many partitions each has.

    Raises:
        BrokerError: the broker is away.
    """
    async with _admin(bootstrap, within_s) as admin:
        return await _partitions(admin)


def check(wanted: Iterable[Topic], present: Mapping[str, int]) -> None:
    """Compare the partitions of the topics that are there.

    Raises:
        StreamsError: names the topic, what was found and what is allowed.
    """
    for row in wanted:
        found = present.get(row.name, row.partitions)
        if found != row.partitions:
            raise StreamsError(
                f"topic {row.name}: found {found} partitions, allowed: {row.partitions} by the "
                "settings; the number is fixed for a deployment, changing it is a migration"
            )


@asynccontextmanager
async def _admin(bootstrap: str, within_s: float) -> AsyncIterator[Any]:
    until_s = time.monotonic() + within_s
    while True:
        admin = AIOKafkaAdminClient(**kafka_at(bootstrap))
        try:
            await admin.start()
        except KafkaError as error:
            await admin.close()
            if time.monotonic() > until_s:
                raise BrokerError(f"broker {bootstrap} cannot be used: {error}") from None
            await asyncio.sleep(_RETRY_S)
        else:
            break
    try:
        yield admin
    except KafkaError as error:
        raise BrokerError(f"broker {bootstrap}: {error!r}") from None
    finally:
        await admin.close()


async def _partitions(admin: Any) -> dict[str, int]:
    topics = await admin.describe_topics()
    return {each["topic"]: len(each["partitions"]) for each in topics}


async def _create(admin: Any, rows: Iterable[Topic], copies: int | None) -> None:
    copies = copies or min(_COPIES, len((await admin.describe_cluster())["brokers"]))
    new = [
        NewTopic(
            name=row.name,
            num_partitions=row.partitions,
            replication_factor=copies,
            topic_configs=row.configuration,
        )
        for row in rows
    ]
    response = await admin.create_topics(new)
    for name, code, *message in response.topic_errors:
        if code not in {_NONE, _EXISTS}:
            raise BrokerError(f"topic {name}: the broker does not create it: {message or code}")


async def _until_there(admin: Any, rows: Iterable[Topic], within_s: float) -> None:
    """Metadata follows creation after a moment."""
    until_s = time.monotonic() + within_s
    while absent := missing(rows, await _partitions(admin)):
        if time.monotonic() > until_s:
            names = ", ".join(row.name for row in absent)
            raise BrokerError(f"topics not there after {within_s:g} s: {names}")
        await asyncio.sleep(0.05)
