"""Owning partitions: takeovers, fences and a broker that is away, in memory."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from streams.ports import Outgoing
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.declare import record as declaration
from streams.worker.intake import Delivered
from tests.support.memory_broker import MemoryBroker
from tests.support.memory_worker import MemoryWorker
from tests.support.stream_backends import pool_of
from tests.support.stream_path import StreamPath
from tests.support.waiting import until
from tests.support.worker_process import profile

SETTINGS = Settings(partitions=2, session_timeout_s=0.05)
PROFILES = [profile("slow", 10.0), profile("quick", 0.005)]


class Cluster:
    """A broker in memory, workers on it, and the path through them."""

    def __init__(self) -> None:
        topics = Topics(SETTINGS)
        pool = pool_of(topics)
        rows = [*topics.table(), topics.pool_row(pool.topic)]
        self.broker = MemoryBroker({row.name: row.partitions for row in rows})
        self.path = StreamPath(self.broker, SETTINGS, pool, 0.05)
        self._declared = declaration(pool)
        self._workers: list[MemoryWorker] = []

    async def worker(self, *partitions: int) -> MemoryWorker:
        """One more worker that owns these partitions."""
        worker = MemoryWorker(self.broker, SETTINGS, PROFILES)
        self._workers.append(worker)
        await worker.start(partitions)
        return worker

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Cluster"]:
        """With a declared pool and a function."""
        key, headers, value = self._declared
        topic = Topics(SETTINGS).system("pools")
        await self.broker.send(Outgoing(topic=topic, key=key, headers=headers, value=value or b""))
        async with self.path.function():
            try:
                yield self
            finally:
                self.broker.away = False
                for worker in self._workers:
                    await worker.stop()


async def test_successor_waits_for_what_was_placed() -> None:
    """After a crash the lease is restored: no second placement, one outcome."""
    async with Cluster().running() as cluster:
        path = cluster.path
        first = await cluster.worker(0, 1)
        record = await path.submit("a")
        event = await path.placed("a")
        first.crash()
        await cluster.worker(0, 1)
        await path.answer(event)
        assert (await path.outcome("a")).kind == "met"
        await path.acknowledged(record)
        assert len(path.placements()) == 1


async def test_successor_repeats_nothing() -> None:
    """What was committed and not acknowledged is recognised when it is delivered again."""
    async with Cluster().running() as cluster:
        path = cluster.path
        first = await cluster.worker(0)
        record = await path.submit("a")
        await path.answer(await path.placed("a"))
        await path.outcome("a")
        first.crash()
        cluster.broker.committed.clear()
        await cluster.worker(0)
        await path.acknowledged(record)
        assert len(path.outcomes("a")) == 1


async def test_fenced_worker_drops_its_state_and_comes_back() -> None:
    """Whoever was fenced writes nothing, waits, and takes over with everything it still holds."""
    async with Cluster().running() as cluster:
        path = cluster.path
        sleeper = await cluster.worker(0)
        await path.submit("a")
        event = await path.placed("a")
        cluster.broker.fence(f"{SETTINGS.topic_prefix}.ledger.0")
        await path.answer(event)
        outcome = await path.outcome("a")
        assert outcome.kind == "met"
        assert len(path.outcomes("a")) == 1
        await until(lambda: sleeper.worker.unacknowledged == 0)


async def test_whoever_wakes_places_nothing_on_old_beliefs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After a long pause its partitions may be another's: what it wrote down counts, once asked."""
    async with Cluster().running() as cluster:
        path = cluster.path
        sleeper = await cluster.worker(0)
        await path.submit("a")
        event = await path.placed("a")
        with caplog.at_level(logging.WARNING, "synergai.app"):
            sleeper.slept_s = 30.0
            sleeper.worker.heard()
            assert sleeper.core.in_flight == 0
            await path.submit("b")
            assert [event.id for event in path.placements()] == ["a"]
        assert len(caplog.messages) == 1
        assert "did not run for 30.0 s" in caplog.text
        await path.answer(await path.placed("b"))
        await path.answer(event)
        for name in "ab":
            assert (await path.outcome(name)).attempts == 1
        assert len(path.placements()) == 2


async def test_whoever_wakes_gives_way_to_who_took_over() -> None:
    """The group tells it before it takes anything over, so that it fences nobody."""
    async with Cluster().running() as cluster:
        path = cluster.path
        sleeper, heir = await cluster.worker(0), await cluster.worker()
        heir.assign([0])
        await until(lambda: heir.worker.partitions == {0: True})
        sleeper.slept_s = 30.0
        sleeper.worker.heard()
        await sleeper.revoke([0])
        await path.submit("a")
        await path.answer(await path.placed("a"))
        assert (await path.outcome("a")).kind == "met"
        assert len(path.placements()) == len(path.outcomes("a")) == 1


async def test_broker_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """It tries again until the broker is back, and says both in one line each."""
    async with Cluster().running() as cluster:
        path = cluster.path
        await cluster.worker(0)
        await path.submit("a")
        event = await path.placed("a")
        cluster.broker.broken_after = 0
        with caplog.at_level(logging.WARNING, "synergai.app"):
            await path.answer(event)
            await until(lambda: "trying again" in caplog.text)
            await until(lambda: cluster.broker.torn >= 3)
            cluster.broker.broken_after = None
            assert (await path.outcome("a")).kind == "met"
            await until(lambda: "works again" in caplog.text)
        assert len(path.outcomes("a")) == 1
        assert len(caplog.messages) == 2


async def test_records_of_partitions_that_are_not_owned_are_left_alone() -> None:
    """They are neither placed nor acknowledged; their owner has them."""
    async with Cluster().running() as cluster:
        path = cluster.path
        worker = await cluster.worker(0)
        record = await path.submit("elsewhere", partition=1)
        worker.worker.deliver(Delivered("default", record, lambda: pytest.fail("acknowledged")))
        await path.submit("here", partition=0)
        await path.placed("here")
        assert [event.id for event in path.placements()] == ["here"]
        assert worker.worker.unacknowledged == 1


async def test_partition_given_away_is_served_by_its_new_owner() -> None:
    """The former owner forgets it; what was placed there is not placed again."""
    async with Cluster().running() as cluster:
        path = cluster.path
        first, second = await cluster.worker(0, 1), await cluster.worker()
        record = await path.submit("moved", partition=1)
        event = await path.placed("moved")
        await first.revoke([1])
        assert first.worker.partitions == {0: True}
        second.assign([1])
        await until(lambda: second.worker.partitions == {1: True})
        await path.answer(event)
        await path.acknowledged(record)
        assert len(path.outcomes("moved")) == len(path.placements()) == 1
        assert first.worker.unacknowledged == second.worker.unacknowledged == 0


async def test_placement_that_cannot_be_sent_is_sent_later() -> None:
    """It counts for no attempt."""
    async with Cluster().running() as cluster:
        path = cluster.path
        await cluster.worker(0)
        cluster.broker.missing.add(pool_of(Topics(SETTINGS)).topic)
        await path.submit("a", expirytime="")
        await until(lambda: cluster.broker.refused > 0)
        cluster.broker.missing.clear()
        event = await path.placed("a", attempt=2)
        await path.answer(event)
        assert (await path.outcome("a")).kind == "met"
