"""The source between the real broker and small functions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.source.post import HttpSender
from streams.source.schema import Delivery, SourcePool
from streams.source.serve import Source
from tests.support.broker import Bootstrap

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(60)]
DELIVERY = Delivery(retries=2, backoff_s=0.01, hold_s=0.2, refused_s=0.1, drain_s=0.2)
PARTITIONS = 2


class Function:
    """Keeps the ids it got; answers as the test says."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.revisions: list[str] = []
        self.answer: Callable[[str], Awaitable[int]] = self._well

    async def handle(self, request: web.Request) -> web.Response:
        """Keep and answer."""
        name = request.headers["ce-id"]
        self.got.append(name)
        self.revisions.append(request.headers.get("Knative-Serving-Revision", ""))
        return web.Response(status=await self.answer(name))

    async def _well(self, name: str) -> int:
        return 200


@pytest.fixture
async def function() -> AsyncIterator[tuple[Function, str]]:
    """A running function and its URL."""
    under_test = Function()
    app = web.Application()
    app.router.add_post("/", under_test.handle)
    server = TestServer(app)
    await server.start_server()
    yield under_test, str(server.make_url("/"))
    await server.close()


@pytest.fixture
async def source(broker: Bootstrap) -> AsyncIterator[Source]:
    """A source with quick retries."""
    async with HttpSender(DELIVERY) as sender:
        running = Source(broker.bootstrap, sender, DELIVERY)
        yield running
        await running.close()


@pytest.fixture
async def topic(broker: Bootstrap, topic_prefix: str) -> str:
    """A pool's topic."""
    name = f"{topic_prefix}.system.arch.jetson.edge.g1"
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, PARTITIONS, 1)])
    await admin.close()
    return name


async def produce(broker: Bootstrap, topic: str, names: Sequence[str]) -> None:
    """Events of these ids, by turns over the partitions."""
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    await producer.start()
    for number, name in enumerate(names):
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", name.encode()),
            ("ce_source", b"/test"),
            ("ce_type", b"t"),
        ]
        await producer.send(topic, b"body", partition=number % PARTITIONS, headers=headers)
    await producer.stop()


async def committed(broker: Bootstrap, topic: str) -> int:
    """How many events the group has committed."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=topic)
    await consumer.start()
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer.assign(places)
    total = sum([await consumer.committed(place) or 0 for place in places])
    await consumer.stop()
    return total


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it; the test's timeout bounds the waiting."""
    while not condition():  # noqa: ASYNC110 - conditions of many kinds
        await asyncio.sleep(0.01)


def pool(topic: str, *urls: str) -> SourcePool:
    """The pool under test."""
    return SourcePool(name="edge", topic=topic, urls=urls, in_flight=10)


async def test_everything_is_delivered_and_committed(
    broker: Bootstrap, source: Source, topic: str, function: tuple[Function, str]
) -> None:
    """Events that lay there before and that come later are delivered once and committed."""
    under_test, url = function
    names = [str(number) for number in range(20)]
    await produce(broker, topic, names[:10])
    await source.apply([pool(topic, url)])
    await until(lambda: len(under_test.got) == 10)
    await produce(broker, topic, names[10:])
    await until(lambda: len(under_test.got) == 20)
    await source.close()
    assert sorted(under_test.got, key=int) == names
    assert await committed(broker, topic) == 20


async def test_unfinished_event_comes_again(
    broker: Bootstrap, source: Source, topic: str, function: tuple[Function, str]
) -> None:
    """An event under way when its pool is taken away is not committed, and comes again."""
    under_test, url = function
    stuck = asyncio.Event()

    async def answer(name: str) -> int:
        if name == "0" and under_test.got.count("0") == 1:
            await stuck.wait()
        return 200

    under_test.answer = answer
    await produce(broker, topic, [str(number) for number in range(6)])
    await source.apply([pool(topic, url)])
    await until(lambda: len(under_test.got) == 6)
    closing = asyncio.create_task(source.close())
    await closing
    stuck.set()
    await source.apply([pool(topic, url)])
    await until(lambda: under_test.got.count("0") == 2)
    await source.close()
    assert await committed(broker, topic) == 6


async def test_gone_after_last_retry(
    broker: Bootstrap, source: Source, topic: str, function: tuple[Function, str]
) -> None:
    """A failing event gets its attempts, then its offset is committed like the others'."""
    under_test, url = function

    async def answer(name: str) -> int:
        return 503 if name == "1" else 200

    under_test.answer = answer
    await produce(broker, topic, ["0", "1", "2", "3"])
    await source.apply([pool(topic, url)])
    await until(lambda: len(under_test.got) == 6)
    await source.close()
    assert under_test.got.count("1") == 3
    assert await committed(broker, topic) == 4


async def test_a_revision_that_is_rolled(
    broker: Bootstrap, source: Source, topic: str, function: tuple[Function, str]
) -> None:
    """Where a pool's headers change, later events carry the new ones; its consumer goes on."""
    under_test, url = function
    for number in ("1", "2"):
        headers = {"Knative-Serving-Revision": f"edge-0000{number}"}
        rolled = SourcePool(name="edge", topic=topic, urls=(url,), in_flight=10, headers=headers)
        await source.apply([rolled])
        await produce(broker, topic, [number])
        await until(partial(under_test.got.__contains__, number))
    assert under_test.revisions == ["edge-00001", "edge-00002"]


async def test_instances_that_move(
    broker: Bootstrap, source: Source, topic: str, function: tuple[Function, str]
) -> None:
    """Events are held while no instance is there and delivered where the new list says."""
    under_test, url = function
    await source.apply([pool(topic)])
    await produce(broker, topic, ["0"])
    await source.apply([pool(topic, url)])
    await until(lambda: under_test.got == ["0"])
