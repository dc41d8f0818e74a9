"""Workers that died on this machine do not hold up the group until their session ends."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from streams.topics import Topic
from streams.worker import forgotten
from streams.worker.admin import create_topics
from streams.worker.forgotten import Birth
from tests.support.broker import Bootstrap
from tests.support.waiting import until

MEMBER = """
import asyncio, sys
from aiokafka import AIOKafkaConsumer
from streams.worker.forgotten import ours

async def main():
    consumer = AIOKafkaConsumer(
        sys.argv[2], bootstrap_servers=sys.argv[1], group_id=sys.argv[2], client_id=ours(),
        session_timeout_ms=60_000,
    )
    await consumer.start()
    await asyncio.sleep(600)

asyncio.run(main())
"""


def birth() -> Birth:
    """Of this process."""
    _, machine, pid, started = forgotten.ours().split(".")
    return Birth(machine, int(pid), int(started))


def test_a_process_that_lives_is_not_gone() -> None:
    """Nor is one of which nothing is known: of another machine, or of another kind."""
    us = birth()
    assert us.pid == os.getpid()
    elsewhere = us._replace(machine="elsewhere", pid=2**22)
    for name in (us.client_id(), elsewhere.client_id(), "faust-1", "synergai-app", "a.b.c.d"):
        assert not forgotten.is_gone(name)


def test_who_got_the_number_of_a_dead_process_is_another() -> None:
    """Numbers are given again; the time at which it began tells them apart."""
    assert forgotten.is_gone(birth()._replace(started=1).client_id())


def test_a_killed_process_is_gone_before_its_parent_noticed() -> None:
    """And afterwards."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = forgotten._started(child.pid)
    name = birth()._replace(pid=child.pid, started=started).client_id()
    assert not forgotten.is_gone(name)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert forgotten.is_gone(name)
    child.communicate()
    assert forgotten.is_gone(name)


async def test_no_broker_is_no_failure() -> None:
    """The sessions end by themselves."""
    await forgotten.forget_dead("127.0.0.1:1", "g")


@pytest.mark.kafka
async def test_the_group_forgets_the_dead_and_keeps_the_living(
    broker: Bootstrap, topic_prefix: str
) -> None:
    """Long before the dead member's session is over."""
    row = Topic(name=topic_prefix, partitions=2, retention_s=3600.0, max_bytes=1_000_000)
    await create_topics(broker.bootstrap, [row])
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)

    async def members() -> int:
        with suppress(GroupCoordinatorNotAvailableError):  # the broker has no groups yet
            [described] = await admin.describe_consumer_groups([topic_prefix])
            return len(described.groups[0][5])
        return 0

    async def both() -> bool:
        return await members() == 2

    await admin.start()
    try:
        with (
            member(broker.bootstrap, topic_prefix) as first,
            member(broker.bootstrap, topic_prefix),
        ):
            await until(both, 60.0)
            first.kill()
            await asyncio.to_thread(first.wait)
            assert await members() == 2
            await forgotten.forget_dead(broker.bootstrap, topic_prefix)
            assert await members() == 1
    finally:
        await admin.close()


@contextmanager
def member(bootstrap: str, group: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is a member of a group."""
    process = subprocess.Popen([sys.executable, "-c", MEMBER, bootstrap, group])
    try:
        yield process
    finally:
        process.kill()
        process.wait()
