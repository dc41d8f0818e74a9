"""More requests than may wait: partitions are paused, and go on when there is room again."""

import re
import signal
from pathlib import Path

import pytest

from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment, WorkerProcess

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]
LIMIT, SENT, BUFFERED = 200, 1500, 600


async def test_full_queue_pauses_and_loses_nothing(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """With nobody to compute, what waits stays near the limit; afterwards everyone is served."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    ids = [f"r{number}" for number in range(SENT)]
    with deployment.worker(SYNERGAI_QUEUE_LIMIT=str(LIMIT)) as worker:
        await worker.ready()
        for partition in (0, 1):
            await deployment.produce(ids[partition::2], "quick", partition=partition)
        await _stays_near_the_limit(worker)
        await _serves(deployment, SENT)
    outcomes = await deployment.outcomes()
    assert sorted(each.request_id for each in outcomes) == sorted(ids)
    assert {each.kind for each in outcomes} == {"met"}


async def test_pauses_anew_after_a_rebalance(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """A second worker joins and leaves while the queue is full: both stay near the limit."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    ids = [f"r{number}" for number in range(SENT)]
    limit = {"SYNERGAI_QUEUE_LIMIT": str(LIMIT)}
    with deployment.worker(**limit) as first:
        await first.ready()
        for partition in (0, 1):
            await deployment.produce(ids[partition::2], "quick", partition=partition)
        await _stays_near_the_limit(first)
        with deployment.worker(**limit) as second:
            await second.ready()
            await _stays_near_the_limit(second)
            await _stays_near_the_limit(first)
            second.signal(signal.SIGTERM)
            assert second.ended() == 0, second.said()
        await _stays_near_the_limit(first)
        await _serves(deployment, SENT)
    outcomes = await deployment.outcomes()
    assert sorted(each.request_id for each in outcomes) == sorted(ids)
    assert {each.kind for each in outcomes} == {"met"}


async def test_overload_is_told_before_anyone_is_paused(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Behind many times the limit of doomed requests those that can be met get through."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    doomed = [f"doomed-{number}" for number in range(5 * LIMIT)]
    met = [f"met-{number}" for number in range(50)]
    with deployment.worker(SYNERGAI_QUEUE_LIMIT=str(LIMIT)) as worker:
        await worker.ready()
        for partition in (0, 1):
            await deployment.produce(
                doomed[partition::2], "quick", partition=partition, budget_s=0.001
            )
            await deployment.produce(met[partition::2], "quick", partition=partition)

        async def made_room() -> bool:
            return len(await deployment.outcomes()) >= len(doomed) - LIMIT

        await until(made_room, 60.0)
        early = await deployment.outcomes()
        assert {each.reason for each in early} == {"overload"}, "nobody computes yet"
        await _serves(deployment, len(doomed) + len(met))
    kinds = {each.request_id: each.kind for each in await deployment.outcomes()}
    assert {kinds[name] for name in met} == {"met"}
    assert len(kinds) == len(doomed) + len(met)


async def _stays_near_the_limit(worker: WorkerProcess) -> None:
    """It fills, and then takes no more."""
    await until(lambda: _waiting(worker) > LIMIT)
    counts = [_waiting(worker)]

    async def settled() -> bool:
        counts.append(_waiting(worker))
        return len(counts) > 20 and counts[-1] == counts[-20]

    await until(settled)
    assert max(counts) < LIMIT + BUFFERED


async def _serves(deployment: Deployment, count: int) -> None:
    """A function comes, and everyone has an outcome."""
    function = ScriptedFunction(deployment.bootstrap, deployment.settings, deployment.pool)

    async def served() -> bool:
        return len(await deployment.outcomes()) >= count

    async with function.running():
        await until(served, 90.0)


def _waiting(worker: WorkerProcess) -> int:
    page = worker.get("/metrics")[1]
    found = re.search(r"^synergai_waiting_requests ([0-9.e+]+)$", page, re.MULTILINE)
    assert found, "the metric is there"
    return int(float(found[1]))
