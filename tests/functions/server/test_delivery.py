"""Placements: one answer, result before feedback, a verdict for everything."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from functions.errors import PermanentError
from functions.rfc3339 import render
from functions.schema import RESULT_TYPE
from tests.support.function_server import LATENCY, RESULTS, Server, serving, until


async def _held_up(
    server: Server, place: Coroutine[Any, Any, httpx.Response]
) -> "asyncio.Task[httpx.Response]":
    server.doubling.gate.clear()
    task = asyncio.create_task(place)
    await until(lambda: len(server.holdings.capacity(0).running) > 0)
    return task


async def test_result_then_feedback(tmp_path: Path) -> None:
    """The result is acknowledged first; the feedback names its place."""
    async with serving(tmp_path) as server:
        response = await server.place(traceparent="00-ab-cd-01")
        assert (response.status_code, response.content) == (200, b"")
        result, feedback = server.reporter.sent
        assert (result.topic, result.key, result.partition) == (RESULTS, b"7", None)
        assert (feedback.topic, feedback.key, feedback.partition) == (LATENCY, b"7", 2)
        assert result.event.type == RESULT_TYPE
        assert result.event.id == "default/src/7/0/2/result/1"
        assert (result.event.source, result.event.subject) == ("/synergai/edge/edge-1", "double")
        assert result.event.extensions == {
            "correlationid": "7", "identity": "default/src/7/0/2", "attempt": "1", "pool": "edge",
            "architecture": "jetson", "configuration": "onnxruntime-fp32-t1-b1",
            "traceparent": "00-ab-cd-01",
        }  # fmt: skip
        body = msgspec.json.decode(result.event.data)
        assert body["outputs"][0]["data"] == ['{"doubled":[2.0,4.0,6.0,8.0]}']
        said = server.feedback()[0]
        assert (said.verdict, said.repeated, said.cold, said.attempt) == (
            "answered",
            False,
            True,
            1,
        )
        assert (said.result_topic, said.result_partition, said.result_offset) == (RESULTS, 0, 0)
        assert said.timing.compute_s > 0
        assert len(server.holdings) == 0


async def test_emulated_answers_say_so(tmp_path: Path) -> None:
    """Result and feedback of a paced instance are marked, whatever its factor."""
    async with serving(tmp_path, pace={"double": 1.0}) as server:
        await server.place()
        assert server.reporter.sent[0].event.extension("emulated") == "true"
        assert server.feedback()[0].emulated


async def test_reply_partition(tmp_path: Path) -> None:
    """The result goes where the producer wants it."""
    async with serving(tmp_path) as server:
        await server.place(replytopic="mine", replypartition="3")
        assert (server.reporter.sent[0].topic, server.reporter.sent[0].partition) == ("mine", 3)


@pytest.mark.parametrize(
    ("body", "changed", "reason", "permanent"),
    [
        (b"words", {}, "bad-input", True),
        (b"{", {"datacontenttype": "application/json"}, "bad-input", True),
        (b"1 2 3 4", {"subject": "other"}, "unknown-model", True),
        (b"bug", {}, "model-failed", True),
        (b"43 0 0 0", {}, "model-failed", True),
        (b"later", {}, "temporary", False),
    ],
)
async def test_a_failure_is_a_verdict(
    tmp_path: Path, body: bytes, changed: dict[str, str], reason: str, permanent: bool
) -> None:
    """Whatever cannot be computed is reported with a reason, and never as an HTTP error."""
    async with serving(tmp_path) as server:
        assert (await server.place(body, changed)).status_code == 200
        assert server.reporter.of(RESULTS) == []
        said = server.feedback()[0]
        assert (said.verdict, said.reason, said.permanent) == ("failed", reason, permanent)
        assert said.message
        assert (said.retry_after_s is None) is permanent
        assert said.result_offset == -1


@pytest.mark.parametrize(
    ("lease_s", "changed"),
    [
        (-1.0, {}),
        (60.0, {"deadline": "2026-01-01T00:00:10Z", "expirytime": "2026-01-01T00:00:11Z"}),
    ],
)
async def test_what_is_past_its_use_is_skipped(
    tmp_path: Path, lease_s: float, changed: dict[str, str]
) -> None:
    """A lease that is over, or an expiry by the broker's clock, is a verdict too."""
    async with serving(tmp_path) as server:
        assert (await server.place(lease_s=lease_s, due_s=-5.0, changed=changed)).status_code == 200
        said = server.feedback()[0]
        assert (said.verdict, said.reason) == ("skipped", "lease-over")
        assert server.doubling.batches == []


async def test_a_repeat_joins_the_running_attempt(tmp_path: Path) -> None:
    """The same attempt twice is one computation, one result, one feedback, two 200."""
    async with serving(tmp_path) as server:
        first = await _held_up(server, server.place())
        second = asyncio.create_task(server.place())
        await asyncio.sleep(0)
        server.doubling.gate.set()
        responses = await asyncio.gather(first, second)
        assert [r.status_code for r in responses] == [200, 200]
        assert [report.topic for report in server.reporter.sent] == [RESULTS, LATENCY]


async def test_another_attempt_joins_and_reports_itself(tmp_path: Path) -> None:
    """The computation is one, the answer is published and reported under each attempt."""
    async with serving(tmp_path) as server:
        first = await _held_up(server, server.place())
        second = asyncio.create_task(server.place(attempt="2"))
        await until(lambda: len(server.holdings) == 2)
        server.doubling.gate.set()
        await asyncio.gather(first, second)
        assert server.doubling.batches == [1]
        assert sorted((f.attempt, f.repeated) for f in server.feedback()) == [(1, False), (2, True)]
        attempts = [report.event.extension("attempt") for report in server.reporter.of(RESULTS)]
        assert sorted(attempts) == ["1", "2"]


async def test_a_recent_answer_is_given_again(tmp_path: Path) -> None:
    """A repeat of what was answered is reported again with the place of the first result."""
    async with serving(tmp_path) as server:
        await server.place()
        await server.place()
        assert len(server.reporter.of(RESULTS)) == 1
        first, second = server.feedback()
        assert (first.repeated, second.repeated) == (False, True)
        assert second.result_offset == first.result_offset
        assert server.doubling.batches == [1]


@pytest.mark.parametrize("topic", [RESULTS, LATENCY])
async def test_kafka_away(tmp_path: Path, topic: str) -> None:
    """503 leaves the event to the source; its retry needs no second computation or result."""
    async with serving(tmp_path) as server:
        server.reporter.away(topic)
        response = await server.place()
        assert (response.status_code, "away" in response.json()["error"]) == (503, True)
        assert len(server.holdings) == 0
        server.reporter.away()
        assert (await server.place()).status_code == 200
        assert [report.topic for report in server.reporter.sent] == [RESULTS, LATENCY]
        assert server.doubling.batches == [1]


async def test_a_result_that_kafka_will_never_take(tmp_path: Path) -> None:
    """Too large a result is a failure that the app answers."""
    async with serving(tmp_path) as server:
        server.reporter.refuse = {RESULTS: PermanentError("topic results: too large")}
        assert (await server.place()).status_code == 200
        said = server.feedback()[0]
        assert (said.verdict, said.reason, said.permanent) == ("failed", "result-refused", True)


async def test_queue_full(tmp_path: Path) -> None:
    """503 with a hint when to come again."""
    async with serving(tmp_path, queue_limit=1) as server:
        first = await _held_up(server, server.place())
        second = asyncio.create_task(server.place(identity="b"))
        await until(lambda: len(server.holdings) == 2)
        response = await server.place(identity="c")
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert "queue full: 1 requests wait" in response.json()["error"]
        server.doubling.gate.set()
        await asyncio.gather(first, second)


async def test_listed_until_the_feedback_is_acknowledged(tmp_path: Path) -> None:
    """Or else the app would take the slot for free and count the attempt twice."""
    async with serving(tmp_path) as server:
        first = await _held_up(server, server.place())
        second = asyncio.create_task(server.place(identity="b"))
        await until(lambda: len(server.holdings) == 2)
        capacity = server.holdings.capacity(server.instance.clock())
        assert [h.identity for h in capacity.running] == ["default/src/7/0/2"]
        assert [(h.identity, h.attempt, h.model) for h in capacity.queued] == [("b", 1, "double")]
        server.reporter.hold[LATENCY] = asyncio.Event()
        server.doubling.gate.set()
        await until(lambda: len(server.reporter.of(RESULTS)) == 2)
        assert len(server.holdings.capacity(0).running) == 2
        server.reporter.hold.pop(LATENCY).set()
        await asyncio.gather(first, second)
        assert len(server.holdings) == 0


async def test_draining(tmp_path: Path) -> None:
    """What was taken is finished, new work is refused."""
    async with serving(tmp_path) as server:
        first = await _held_up(server, server.place())
        draining = asyncio.create_task(server.instance.drain())
        await asyncio.sleep(0)
        assert server.holdings.capacity(0).state == "draining"
        refused = await server.place(identity="b")
        assert (refused.status_code, refused.json()) == (503, {"error": "the instance is draining"})
        assert not draining.done()
        server.doubling.gate.set()
        await first
        await draining
        assert len(server.feedback()) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"attempt": "one"}, "attempt"),
        ({"attempt": ""}, "attempt"),
        ({"requestpartition": "x"}, "requestpartition"),
        ({"leaseexpiry": "soon"}, "header ce-leaseexpiry: found 'soon'"),
        ({"duetime": "1"}, "header ce-duetime"),
        ({"deadline": "x", "expirytime": render(0.0)}, "header ce-deadline"),
    ],
)
async def test_malformed_placements(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    """400 with the header's name; nothing is computed."""
    async with serving(tmp_path) as server:
        response = await server.place(changed=changed)
        assert response.status_code == 400
        assert said in response.json()["error"]
        assert server.reporter.sent == []
        assert len(server.holdings) == 0
