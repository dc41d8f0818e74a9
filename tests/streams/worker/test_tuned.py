"""A worker tunes its policy on what it has seen, and the next one goes on from there."""

import signal
from pathlib import Path

import pytest

from scheduler.estimator import Estimator
from scheduler.policies.synergai import SynergaiParameters, SynergaiPolicy
from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment, WorkerProcess

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]

SEARCHED = 160
"""More arrivals than the first search waits for."""


def spent_s(worker: WorkerProcess) -> float:
    """What its metrics say of the processor time of searches."""
    _, page = worker.get("/metrics")
    name = "synergai_tuning_cpu_seconds_total"
    found = [line.split()[1] for line in page.splitlines() if line.startswith(f"{name} ")]
    return float(found[0]) if found else 0.0


async def test_what_was_tuned_is_read_at_the_next_start(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Weights are kept in the named file while it runs; a successor reads them or says why not."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    file = tmp_path / "kept" / "tuned.json"
    ids = [f"r{number}" for number in range(SEARCHED)]
    async with function.running():
        with deployment.worker(SYNERGAI_TUNING_FILE=str(file)) as first:
            await first.ready()
            assert spent_s(first) == 0
            await deployment.produce(ids, "quick")
            await deployment.concluded(ids)
            await until(file.exists, 90.0)
            await until(lambda: spent_s(first) > 0)
            first.signal(signal.SIGKILL)
            first.ended()
        kept = file.read_bytes()
        SynergaiPolicy(Estimator(()), SynergaiParameters()).restore(kept)
        with deployment.worker(SYNERGAI_TUNING_FILE=str(file)) as second:
            await second.ready()
            await deployment.produce(["newest"], "quick")
            await deployment.concluded(["newest"])
            assert (file.read_bytes(), spent_s(second)) == (kept, 0)
            second.signal(signal.SIGTERM)
            assert second.ended() == 0
    file.write_text("[]")
    with deployment.worker(SYNERGAI_TUNING_FILE=str(file)) as third:
        assert third.ended() == 2
        assert "tuned weights: " in third.said()
    assert {each.kind for each in await deployment.outcomes()} == {"met"}
