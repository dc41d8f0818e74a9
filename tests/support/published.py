"""Histories on a real broker: every record at the time and place that the history says."""

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.ports import Record
from tests.support.histories import History


async def publish(bootstrap: str, history: History, log: Iterable[Record] | None = None) -> None:
    """Create the topics, with the producer's times, and write the records."""
    await create(bootstrap, history)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5)
    await producer.start()
    sent: list[Any] = []
    try:
        for record in history.log if log is None else log:
            sent.append(await send(producer, record))  # noqa: PERF401 - one after the other
        found = await asyncio.gather(*sent)
    finally:
        await producer.stop()
    offsets = [each.offset for each in found]
    if log is None:
        assert offsets == [record.offset for record in history.log]


async def send(producer: Any, record: Record) -> Any:
    """One record at its time."""
    return await producer.send(
        record.topic, record.value, key=record.key, partition=record.partition,
        headers=list(record.headers), timestamp_ms=round(record.append_s * 1000),
    )  # fmt: skip


async def abort(bootstrap: str, record: Record) -> None:
    """Write a record in a transaction that is given up."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"a.{record.topic}")
    await producer.start()
    try:
        await producer.begin_transaction()
        await (await send(producer, record))
        await producer.abort_transaction()
    finally:
        await producer.stop()


async def create(bootstrap: str, history: History) -> None:
    """The topics of the table."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        told = {"message.timestamp.type": "CreateTime"}
        await admin.create_topics(
            [
                NewTopic(row.name, row.partitions, 1, topic_configs=row.configuration | told)
                for row in history.topics.table()
            ]
        )
    finally:
        await admin.close()
