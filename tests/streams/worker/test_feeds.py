"""Capacity and declared pools, read from the broker."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from functions.cloudevents import CloudEvent, to_kafka
from functions.schema import CAPACITY_TYPE, Capacity
from streams.broker.ports import free_port
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import create_topics
from streams.worker.declare import declare
from streams.worker.feeds import Feed, read_capacity, read_pool
from tests.support.broker import Bootstrap
from tests.support.waiting import until


class Reading:
    """What a feed told."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.pools: dict[str, Pool] = {}
        self.instances: list[str] = []
        self.caught_up = 0
        self._bootstrap = bootstrap
        self._topic = topic

    @asynccontextmanager
    async def feeding(self, *, from_start: bool) -> AsyncIterator[asyncio.Task[None]]:
        """A feed runs inside the ``with``."""
        take = self._pool if from_start else self._capacity
        feed = Feed(
            self._bootstrap, self._topic, take, from_start=from_start, caught_up=self._caught_up
        )
        task = asyncio.create_task(feed.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _pool(self, record: Any) -> None:
        name, pool = read_pool(record)
        if pool is None:
            self.pools.pop(name, None)
        else:
            self.pools[name] = pool

    def _capacity(self, record: Any) -> None:
        capacity, append_s = read_capacity(record)
        assert append_s > 1e9
        self.instances.append(capacity.instance)

    def _caught_up(self) -> None:
        self.caught_up += 1


def pool(name: str, **fields: Any) -> Pool:
    """A pool to be declared."""
    given = {"architecture": "jetson", "configuration": "c", "models": ("m",), "topic": "t"}
    return Pool(name=name, **(given | fields))


async def send(bootstrap: str, topic: str, *records: tuple[bytes, Any, bytes | None]) -> None:
    """Publish key, headers and value."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        for key, headers, value in records:
            await producer.send_and_wait(topic, value, key=key, headers=list(headers))
    finally:
        await producer.stop()


def capacity(instance: str) -> tuple[bytes, Any, bytes | None]:
    """What an instance says."""
    told = Capacity(
        instance=instance, device="d", pool="edge", architecture="jetson", configuration="c",
        slots=1, models=("m",), state="ready", sequence=1,
    )  # fmt: skip
    event = CloudEvent(
        id="1", source="/t", type=CAPACITY_TYPE, subject="", data=msgspec.json.encode(told)
    )
    headers, value = to_kafka(event)
    return instance.encode(), headers, value


async def topics_of(broker: Bootstrap, prefix: str) -> tuple[Settings, Topics]:
    """The topics of a prefix, created."""
    settings = Settings(topic_prefix=prefix, partitions=1)
    topics = Topics(settings)
    await create_topics(broker.bootstrap, topics.table())
    return settings, topics


DEEP = b'{"specversion":"1.0","data":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
GARBAGE: list[tuple[bytes, Any, bytes | None]] = [
    (b"x", (), b"no event"),
    (b"x", (("content-type", b"application/cloudevents+json"),), DEEP),
    (b"x", (("ce_specversion", b"1.0"), ("ce_source", b"/"), ("ce_type", b"t")), b"[" * 50_000),
    (b"x", (("ce_specversion", b"1.0"), ("ce_source", b"/"), ("ce_type", b"t")), b"{}"),
    (b"x", (("ce_specversion", b"1.0"), ("ce_source", b"/"), ("ce_type", b"t")), b'{"u":' + DEEP),
    (b"x", (("ce_source", b"\xff"),), b"{}"),
]


@pytest.mark.kafka
async def test_pools_are_those_declared_last(broker: Bootstrap, topic_prefix: str) -> None:
    """A declaration replaces what was declared: changed ones are changed, others are gone."""
    settings, topics = await topics_of(broker, topic_prefix)
    await declare(broker.bootstrap, settings, [pool("a"), pool("b"), pool("c")])
    await declare(broker.bootstrap, settings, [pool("b", slots=4), pool("d")])
    reading = Reading(broker.bootstrap, topics.system("pools"))
    async with reading.feeding(from_start=True):
        await until(lambda: reading.caught_up == 1)
        assert sorted(reading.pools) == ["b", "d"]
        assert reading.pools["b"].slots == 4
        await declare(broker.bootstrap, settings, [])
        await until(lambda: not reading.pools)
        assert reading.caught_up == 1


@pytest.mark.kafka
async def test_without_any_pool_it_has_caught_up_at_once(
    broker: Bootstrap, topic_prefix: str
) -> None:
    """An empty topic has been read."""
    _, topics = await topics_of(broker, topic_prefix)
    reading = Reading(broker.bootstrap, topics.system("pools"))
    async with reading.feeding(from_start=True):
        await until(lambda: reading.caught_up == 1)
    assert reading.pools == {}


@pytest.mark.kafka
@pytest.mark.parametrize("name", ["pools", "capacity"])
async def test_garbage_is_skipped_and_said(
    broker: Bootstrap, topic_prefix: str, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """One short line each, with the place; what follows is read."""
    settings, topics = await topics_of(broker, topic_prefix)
    reading = Reading(broker.bootstrap, topics.system(name))
    with caplog.at_level(logging.WARNING, "synergai.app"):
        async with reading.feeding(from_start=name == "pools") as task:
            if name == "capacity":

                async def heard() -> bool:
                    await send(broker.bootstrap, topics.system(name), capacity("first"))
                    return bool(reading.instances)

                await until(heard)
            await send(broker.bootstrap, topics.system(name), *GARBAGE)
            if name == "pools":
                await declare(broker.bootstrap, settings, [pool("good")])
                await until(lambda: "good" in reading.pools)
            else:
                await send(broker.bootstrap, topics.system(name), capacity("last"))
                await until(lambda: "last" in reading.instances)
            assert not task.done()
    said = [each.getMessage() for each in caplog.records if each.name == "synergai.app"]
    assert len(said) == len(GARBAGE)
    assert all(" is skipped: " in line and len(line) < 300 for line in said)


async def test_broker_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """It tries again without a further word, until it is cancelled."""
    reading = Reading(f"127.0.0.1:{free_port()}", "any")
    with caplog.at_level(logging.WARNING, "synergai.app"):
        async with reading.feeding(from_start=True) as task:
            await until(lambda: "trying on" in caplog.text)
            await until(lambda: caplog.text.count("Unable connect") > 2)
            assert not task.done()
    assert sum(each.name == "synergai.app" for each in caplog.records) == 1
