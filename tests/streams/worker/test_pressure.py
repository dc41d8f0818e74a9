"""More requests than may wait: partitions are paused, and go on when there is room again."""

import re
from pathlib import Path

import pytest

from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment, WorkerProcess

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]
LIMIT, SENT, BUFFERED = 200, 4000, 600


async def test_full_queue_pauses_and_loses_nothing(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """With nobody to compute, what waits stays near the limit; afterwards everyone is served."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    ids = [f"r{number}" for number in range(SENT)]
    with deployment.worker(SYNERGAI_QUEUE_LIMIT=str(LIMIT)) as worker:
        await worker.ready()
        for partition in (0, 1):
            await deployment.produce(ids[partition::2], "quick", partition=partition)
        await until(lambda: _waiting(worker) > LIMIT)
        counts = [_waiting(worker)]

        async def settled() -> bool:
            counts.append(_waiting(worker))
            return len(counts) > 20 and counts[-1] == counts[-20]

        await until(settled)
        assert max(counts) < LIMIT + BUFFERED

        async def served() -> bool:
            return len(await deployment.outcomes()) >= SENT

        async with function.running():
            await until(served, 90.0)
    outcomes = await deployment.outcomes()
    assert sorted(each.request_id for each in outcomes) == sorted(ids)
    assert {each.kind for each in outcomes} == {"met"}


def _waiting(worker: WorkerProcess) -> int:
    page = worker.get("/metrics")[1]
    found = re.search(r"^synergai_waiting_requests ([0-9.e+]+)$", page, re.MULTILINE)
    assert found, "the metric is there"
    return int(float(found[1]))
