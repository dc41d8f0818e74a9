"""``synergai dlq``: from a dead letter to an outcome that is met, on the real broker."""

import asyncio
import re
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from streams.schema import Outcome
from streams.worker.declare import declare
from tests.streams.client.test_client import free_address
from tests.support.broker import Bootstrap
from tests.support.scripted_function import ScriptedFunction
from tests.support.shell import Shell
from tests.support.waiting import until
from tests.support.worker_process import Deployment, read_all, request_headers


class Desk:
    """An operator's shell, a deployment whose pool does not serve ``quick`` yet, a producer."""

    def __init__(self, bootstrap: str, prefix: str, folder: Path) -> None:
        self.deployment = Deployment(bootstrap, prefix, folder)
        self.folder = folder
        self._shell = Shell(
            folder, SYNERGAI_KAFKA_BOOTSTRAP=bootstrap, SYNERGAI_TOPIC_PREFIX=prefix
        )
        self.all_models = self.deployment.pool
        self.deployment.pool = msgspec.structs.replace(self.all_models, models=("slow",))

    async def rows(self, *arguments: str, code: int = 0) -> Any:
        """What a command gives programs."""
        return await asyncio.to_thread(partial(self._shell.rows, "dlq", *arguments, code=code))

    async def said(self, *arguments: str, code: int = 0) -> bytes:
        """What a command gives people."""
        ended = await asyncio.to_thread(self._shell.run, "dlq", *arguments)
        assert ended.returncode == code, ended.stderr
        return ended.stdout + ended.stderr

    async def send(self, request_id: str, *without: str, value: bytes = b"input") -> None:
        """A request for ``quick``, lacking some headers."""
        headers = request_headers(request_id, "quick", 60.0)
        kept = [header for header in headers if header[0] not in without]
        await self.publish(kept, value, request_id.encode())

    async def publish(self, headers: Any, value: bytes, key: bytes, partition: int = 1) -> None:
        """Any record on the topic of requests."""
        topic = self.deployment.topics.tenant("default", "requests")
        producer = AIOKafkaProducer(bootstrap_servers=self.deployment.bootstrap)
        await producer.start()
        try:
            await producer.send_and_wait(
                topic, value, key=key, headers=list(headers), partition=partition
            )
        finally:
            await producer.stop()

    async def outcomes(self, request_id: str, count: int = 1) -> list[Outcome]:
        """Wait until a request id has so many outcomes."""
        found: list[Outcome] = []

        async def there() -> bool:
            every = await self.deployment.outcomes()
            found[:] = [each for each in every if each.request_id == request_id]
            return len(found) >= count

        await until(there, 60.0)
        return found


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_dead_letters_are_found_put_right_and_met(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Listed, shown, redriven under the same ids once the pool serves them, then purged."""
    desk = Desk(broker.bootstrap, topic_prefix, tmp_path)
    deployment = await desk.deployment.prepare()
    with deployment.worker() as worker:
        await worker.ready()
        await desk.send("early")
        await desk.outcomes("early")
        await desk.send("bare", "ce_subject")
        await desk.outcomes("bare")
        await _look(desk)
        await _nothing_is_sent_unless_asked(desk)
        await declare(deployment.bootstrap, deployment.settings, [desk.all_models])
        function = ScriptedFunction(broker.bootstrap, deployment.settings, desk.all_models)
        async with function.running():
            await _redrive(desk)
            await _again(desk, function)
            await _purge(desk)


async def _look(desk: Desk) -> None:
    early, bare = await desk.rows("list")
    assert (early["id"], early["model"], early["reason"]) == ("early", "quick", "unknown-model")
    assert (bare["id"], bare["model"], bare["reason"]) == ("bare", "", "malformed")
    assert early["original"]["partition"] == 1
    assert re.fullmatch(r"\d/\d+", early["position"])
    assert b"unknown-model" in await desk.said("list", "--model", "quick")
    assert await desk.rows("list", "--reason", "malformed", "--since", "1h") == [bare]
    assert await desk.rows("list", "--limit", "1") == [bare]
    shown = await desk.rows("show", bare["position"], "--payload", str(desk.folder / "payload"))
    assert ["ce_id", "bare"] in shown[0]["headers"]
    assert (desk.folder / "payload").read_bytes() == b"input"
    assert await desk.said("show", "early", "--payload", "-") == b"input"
    assert b"ce_subject: found" in await desk.said("show", "bare")
    assert b"allowed: a request id or position" in await desk.said("show", "none", code=2)


async def _nothing_is_sent_unless_asked(desk: Desk) -> None:
    assert b"say which: an ID" in await desk.said("redrive", code=2)
    assert b"say which: an ID" in await desk.said("purge", code=2)
    [row] = await desk.rows("redrive", "--reason", "unknown-model", "--dry-run")
    assert (row["done"], row["redrive"]) == ("would be sent", "1")
    assert b"Aborted" in await desk.said("purge", "--all", code=1)
    assert len(await desk.rows("list")) == 2


async def _redrive(desk: Desk) -> None:
    rows = await desk.rows("redrive", "early", "bare", "--set", "subject=quick")
    assert [row["done"] for row in rows] == ["sent", "sent"]
    first, second = await desk.outcomes("early", 2)
    assert (first.kind, second.kind) == ("rejected", "met")
    assert second.identity == "default/%2Ftest/early/1/1"
    _, second = await desk.outcomes("bare", 2)
    assert (second.kind, second.model) == ("met", "quick")
    assert await desk.rows("list") == []


async def _again(desk: Desk, function: ScriptedFunction) -> None:
    """A second redrive sends nothing; the same record by another hand is a repeat."""
    [row] = await desk.rows("redrive", "early")
    assert row["done"] == "nothing: redriven already"
    topic = desk.deployment.topics.tenant("default", "requests")
    sent = [each for each in await read_all(desk.deployment.bootstrap, topic) if each.key]
    for each in [each for each in sent if each.key == b"early"][1:]:
        await desk.publish(each.headers, each.value, each.key, each.partition)
    await desk.send("last")
    await desk.outcomes("last")
    assert function.taken.count("early") == 1
    assert len(await desk.outcomes("early", 2)) == 2


async def _purge(desk: Desk) -> None:
    both = await desk.rows("list", "--state", "redriven")
    assert {row["id"] for row in both} == {"early", "bare"}
    rows = await desk.rows("purge", "early", "--yes")
    assert [row["id"] for row in rows] == ["early"]
    await desk.rows("purge", "--all", "--yes")
    assert await desk.rows("list", "--state", "redriven") == []
    topic = desk.deployment.topics.tenant("default", "dlq")
    left = await read_all(desk.deployment.bootstrap, topic)
    assert [each.value for each in left if each.value] == []


@pytest.mark.parametrize("command", [["list"], ["show", "a"], ["redrive", "a"], ["purge", "a"]])
def test_a_broker_that_is_away_is_said(tmp_path: Path, command: list[str]) -> None:
    """With exit code 1."""
    ended = Shell(tmp_path).run("dlq", *command, "--bootstrap", free_address())
    assert ended.returncode == 1
    assert b"is it running there?" in ended.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("subject", "--set: found 'subject', allowed: NAME=VALUE"),
        ("Subject=x", "--set: found 'Subject=x', allowed: NAME=VALUE"),
        ("deadline=now", "--set: found 'deadline': use --deadline-in"),
    ],
)
def test_changes_that_cannot_be_made(tmp_path: Path, given: str, said: str) -> None:
    """Times and the redrive number follow from the letter; the rest are attributes."""
    arguments = ("dlq", "redrive", "a", "--set", given, "--bootstrap", free_address())
    ended = Shell(tmp_path).run(*arguments)
    assert ended.returncode == 2
    assert said in ended.stderr.decode()
