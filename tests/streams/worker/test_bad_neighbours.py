"""Producers and functions that do what they should not: still one outcome for each request."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from streams import audit
from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.worker_process import Deployment

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]
TIMES = 1000


async def audited(deployment: Deployment) -> audit.Report:
    """What the audit says of everything."""
    return await asyncio.to_thread(audit.run, deployment.bootstrap, deployment.settings)


async def kinds(deployment: Deployment) -> Counter[tuple[str, str]]:
    """Request id and kind of every outcome."""
    return Counter((each.request_id, each.kind) for each in await deployment.outcomes())


async def test_one_id_a_thousand_times(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """It is computed once and has one outcome; who sends beside it is served."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    async with function.running():
        with deployment.worker() as worker:
            await worker.ready()
            await deployment.produce(["same"] * (TIMES // 2), "quick")
            await deployment.concluded(["same"])
            await deployment.produce(["same"] * (TIMES // 2) + ["other"], "quick")
            await deployment.concluded(["other"])
    assert await kinds(deployment) == Counter([("same", "met"), ("other", "met")])
    assert Counter(function.taken) == Counter(["same", "other"])
    report = await audited(deployment)
    assert report.clean, report.findings
    assert report.counts["repeats"] == TIMES - 1


async def test_functions_that_answer_twice_lie_or_never_answer(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """The first answer counts; a lie is nobody's, and the audit finds it; silence expires."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    names = ["twice", "liar", "never"]
    async with function.running():
        with deployment.worker(SYNERGAI_GRACE_S="3") as worker:
            await worker.ready()
            await deployment.produce(names, "slow", budget_s=15.0)
            await function.took(names)
            twice = function.held["twice"]
            await function.answer("twice")
            await deployment.concluded(["twice"])
            function.held["twice"] = twice
            await function.answer("twice")
            stranger = "default/%2Ftest/nobody/0/0"
            await function.answer("liar", identity=stranger)
            assert (await audited(deployment)).found.keys() >= {"feedback-without-request"}
            await deployment.concluded(names)
            assert worker.said() == ""
    assert {name for name, _ in await kinds(deployment)} == set(names)
    assert (await kinds(deployment)).total() == len(names)
    assert (await kinds(deployment))["never", "expired"] == 1
    found = (await audited(deployment)).found
    assert found == {"feedback-without-request": 1, "result-without-request": 1}
