"""Workers and brokers that come and go under load: every request has exactly one outcome."""

import asyncio
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError

from functions.schema import Timing
from streams.broker.running import RunningBroker, start
from tests.support.broker import Bootstrap, options
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment, WorkerProcess

AS_BELIEVED = Timing(compute_s=10.0)
"""What a request of model slow takes by its profile: nothing is placed to queue behind it."""
pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]


class Load:
    """Requests at a steady pace, in both partitions, until it is stopped."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._enough = asyncio.Event()
        self._ended = asyncio.Event()
        self.ids: list[str] = []

    async def run(self) -> None:
        """Send on; what could not be sent is sent again under the same ids."""
        number = 0
        while not self._enough.is_set():
            ids = [f"load-{number}-{each}" for each in range(10)]
            try:
                await self._deployment.produce(ids, "quick", partition=number % 2, budget_s=90.0)
            except KafkaError:
                await asyncio.sleep(0.2)
                continue
            self.ids += ids
            number += 1
            await asyncio.sleep(0.05)
        self._ended.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        """Sends inside the ``with``."""
        task = asyncio.create_task(self.run())
        try:
            yield self
        finally:
            await self.stop()
            await task

    async def stop(self) -> None:
        """Send no more; what is under way is waited for."""
        self._enough.set()
        await self._ended.wait()

    async def more(self, count: int = 60) -> None:
        """Wait until so many more were sent."""
        wanted = len(self.ids) + count
        await until(lambda: len(self.ids) >= wanted, 60.0)


async def each_once(deployment: Deployment, ids: list[str]) -> None:
    """Wait for an outcome of every id; hold that each has one, and was answered."""
    await deployment.concluded(ids)
    outcomes = await deployment.outcomes()
    assert Counter(each.request_id for each in outcomes) == Counter(ids)
    assert {each.reason for each in outcomes} == {"answered"}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningBroker]:
    """A broker that may be killed."""
    with start(options(tmp_path / "own")) as running:
        yield running


async def ended(worker: WorkerProcess) -> None:
    """A worker ends at once when it is asked to."""
    worker.signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.ended) == 0, worker.said()


async def test_broker_killed_under_load(
    own: RunningBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """The worker lives on, works again when it is back, and ends in order while it is away."""
    deployment = await Deployment(own.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(own.bootstrap, deployment.settings, deployment.pool)
    with deployment.worker() as worker:
        await worker.ready()
        async with function.running(), Load(deployment).running() as load:
            await load.more()
            own.kill()
            await until(lambda: worker.get("/health")[0] == 503)
            assert "the broker does not answer" in worker.get("/health")[1]
            await asyncio.to_thread(own.restart)
            await load.more()
            await worker.ready()
            await load.more()
            await load.stop()
            await each_once(deployment, load.ids)
        own.kill()
        await ended(worker)
    lines = worker.said().splitlines()
    assert len(lines) <= 12, worker.said()
    assert "Traceback" not in worker.said()


async def test_asked_to_end_while_the_broker_is_away(
    own: RunningBroker, topic_prefix: str, tmp_path: Path
) -> None:
    """It says so in a sentence and does not wait; its successor finds everything that was open."""
    deployment = await Deployment(own.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(own.bootstrap, deployment.settings, deployment.pool)
    open_ids = [f"open-{number}" for number in range(40)]
    async with function.running():
        with deployment.worker() as worker:
            await worker.ready()
            await deployment.produce(open_ids, "slow", budget_s=90.0)
            await until(lambda: set(open_ids) <= set(function.held))
            own.kill()
            await ended(worker)
            assert worker.said().count("ends while the broker does not answer") == 1
            assert "Traceback" not in worker.said()
            assert "destroyed" not in worker.said()
        await asyncio.to_thread(own.restart)
        for name in open_ids:
            await function.answer(name)
        with deployment.worker() as heir:
            await heir.ready()
            await each_once(deployment, open_ids)
            await ended(heir)


async def test_restart_under_load(broker: Bootstrap, topic_prefix: str, tmp_path: Path) -> None:
    """A worker that is asked to end and its successor lose nothing and repeat nothing."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    async with function.running(), Load(deployment).running() as load:
        with deployment.worker() as first:
            await first.ready()
            await load.more()
            await ended(first)
            assert first.said() == ""
        await load.more()
        with deployment.worker() as second:
            await second.ready()
            await load.more()
            await load.stop()
            await each_once(deployment, load.ids)
            await ended(second)


async def test_two_workers(broker: Bootstrap, topic_prefix: str, tmp_path: Path) -> None:
    """Partitions are shared; when one worker leaves, the other has all of them."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    async with function.running(), Load(deployment).running() as load:
        with deployment.worker() as first, deployment.worker() as second:
            await asyncio.gather(first.ready(), second.ready())
            await until(lambda: takeovers(first) >= 1 and takeovers(second) >= 1)
            await load.more()
            before = takeovers(second)
            await ended(first)
            await until(lambda: takeovers(second) > before)
            await load.more()
            await load.stop()
            await each_once(deployment, load.ids)
            await ended(second)
        assert first.said() + second.said() == ""


async def test_two_workers_never_fill_a_slot_twice(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Both want the same two slots all the time; each has its share of what is done."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool, slots=2)
    ids = [[f"{partition}-{number}" for number in range(15)] for partition in (0, 1)]
    with deployment.worker() as first, deployment.worker() as second:
        await until(lambda: takeovers(first) >= 1 and takeovers(second) >= 1, 60.0)
        await asyncio.gather(first.ready(), second.ready())
        async with function.running():
            for partition in (0, 1):
                await deployment.produce(ids[partition], "slow", partition=partition)
            for _ in range(sum(map(len, ids))):
                await until(lambda: bool(function.held))
                await asyncio.sleep(0.1)
                assert len(function.held) <= 2
                await function.answer(next(iter(function.held)), timing=AS_BELIEVED)
            await deployment.concluded([*ids[0], *ids[1]])
        assert len(function.taken) == len(set(function.taken)) == 30
        await asyncio.gather(ended(first), ended(second))
        assert first.said() + second.said() == ""


def takeovers(worker: WorkerProcess) -> int:
    """How many partitions a worker has restored by now."""
    text = worker.get("/metrics")[1]
    found = re.search(r"^synergai_takeovers_total (\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0
