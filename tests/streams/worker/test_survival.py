"""What delivery rests on: workers that are killed, or asleep while their partitions move."""

import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]


async def test_held_back_request_survives_a_kill(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """A request held back while later ones finish is served after kill -9 and a restart."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    later = [f"later-{number}" for number in range(60)]
    async with function.running():
        with deployment.worker() as first:
            await first.ready()
            await deployment.produce(["held"], "slow")
            await until(lambda: "held" in function.held)
            await deployment.decided(["held"])
            await deployment.produce(later, "quick")

            async def later_finished() -> bool:
                return len(await deployment.outcomes()) == len(later)

            await until(later_finished)
            first.signal(signal.SIGKILL)
            first.ended()
        with deployment.worker() as second:
            await second.ready()
            await deployment.produce(["newest"], "quick")

            async def newest_finished() -> bool:
                return any(each.request_id == "newest" for each in await deployment.outcomes())

            await until(newest_finished)
            assert function.taken.count("held") == 1, "its lease was restored: it still runs"
            await function.answer("held")

            async def all_finished() -> bool:
                return len(await deployment.outcomes()) >= len(later) + 2

            await until(all_finished)
            second.signal(signal.SIGTERM)
            assert second.ended() == 0
    found = Counter((each.request_id, each.kind) for each in await deployment.outcomes())
    assert found == Counter([(name, "met") for name in ["held", "newest", *later]])


async def test_sleeper_writes_no_second_outcome(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """A worker stopped for longer than its session, then woken, finds its partitions fenced."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    before = [f"before-{number}" for number in range(40)]
    during = [f"during-{number}" for number in range(40)]
    after = [f"after-{number}" for number in range(40)]
    async with function.running():
        with deployment.worker() as sleeper:
            await sleeper.ready()
            for partition, ids in ((0, before[::2]), (1, before[1::2])):
                await deployment.produce(ids, "slow", partition=partition)
            await until(lambda: set(before) <= set(function.held))
            await deployment.decided(before)
            sleeper.signal(signal.SIGSTOP)
            with deployment.worker() as heir:
                await heir.ready()
                for partition, ids in ((0, during[::2]), (1, during[1::2])):
                    await deployment.produce(ids, "quick", partition=partition)
                for name in before:
                    await function.answer(name)

                async def heir_finished() -> bool:
                    return len(await deployment.outcomes()) >= len(before) + len(during)

                await until(heir_finished, 60.0)
                sleeper.signal(signal.SIGCONT)
                for partition, ids in ((0, after[::2]), (1, after[1::2])):
                    await deployment.produce(ids, "quick", partition=partition)

                async def all_finished() -> bool:
                    return len(await deployment.outcomes()) >= len(before + during + after)

                await until(all_finished, 60.0)
                for worker in (sleeper, heir):
                    worker.signal(signal.SIGTERM)
                    assert worker.ended() == 0, worker.said()
    found = Counter(each.request_id for each in await deployment.outcomes())
    assert found == Counter([*before, *during, *after])
    assert Counter(function.taken) == found, "whoever wakes places nothing on old beliefs"


async def test_long_absence_brings_no_second_outcome(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Away for longer than repeats are recognised, a worker still knows what it had concluded."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    lives = {"SYNERGAI_LONGEST_LIFE_S": "4", "SYNERGAI_DEDUPE_HORIZON_S": "5"}
    later = [f"later-{number}" for number in range(20)]
    async with function.running():
        with deployment.worker(**lives) as first:
            await first.ready()
            await deployment.produce(["held"], "slow", budget_s=3.0)  # never placed
            await deployment.produce(later, "quick", budget_s=3.0)
            await deployment.concluded(later)
            first.signal(signal.SIGKILL)
            first.ended()
        oldest_s = min(each.concluded_s for each in await deployment.outcomes())
        await until(lambda: time.time() > oldest_s + 6.0)
        with deployment.worker(**lives) as second:
            await second.ready()
            await deployment.produce(["newest"], "quick", budget_s=3.0)
            await deployment.concluded(["held", "newest", *later])
            second.signal(signal.SIGTERM)
            assert second.ended() == 0
    outcomes = await deployment.outcomes()
    assert Counter(each.request_id for each in outcomes) == Counter(["held", "newest", *later])
    assert {each.request_id: each.kind for each in outcomes}["held"] == "expired"
