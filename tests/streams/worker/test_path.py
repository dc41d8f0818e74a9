"""The whole path: the same tests in memory and with a real worker on the embedded broker."""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from functions.cloudevents import CloudEvent, from_kafka
from functions.rfc3339 import render
from streams.core import deadletter
from streams.ports import Record
from tests.support.stream_backends import REPLIES, Backend
from tests.support.stream_path import StreamPath
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def path(backend: Backend) -> AsyncIterator[StreamPath]:
    """A path with a worker and a function that is told what to do."""
    found = await backend.path()
    async with found.function():
        yield found


def soon(path: StreamPath) -> str:
    """A time a little after the deadline of a moment."""
    return render(time.time() + 1.5 * path.moment_s)


def dead(record: Record) -> dict[str, str]:
    """The dead letter's own headers."""
    return {name: raw.decode() for name, raw in record.headers if name in deadletter.NAMES}


class TestPath:
    """Requests in, outcomes out."""

    async def test_met(self, path: StreamPath) -> None:
        """A request is placed untouched, answered, concluded once and acknowledged."""
        record = await path.submit("met", value=b"\x00input", note="mine")
        event = await path.placed("met")
        assert (event.data, event.subject) == (b"\x00input", "slow")
        assert event.extension("note") == "mine"
        await path.answer(event)
        outcome = await path.outcome("met")
        assert (outcome.kind, outcome.attempt, outcome.pool) == ("met", 1, "edge")
        assert (outcome.request_partition, outcome.request_offset) == (0, record.offset)
        result = await path.written("results", "met")
        assert (outcome.result_topic, outcome.result_offset) == (result.topic, result.offset)
        await path.acknowledged(record)
        assert len(path.outcomes("met")) == 1

    async def test_late(self, path: StreamPath) -> None:
        """An answer past the deadline still counts, as late."""
        await path.submit("late", "quick", deadline_s=path.moment_s)
        event = await path.placed("late")
        await asyncio.sleep(2 * path.moment_s)
        await path.answer(event)
        outcome = await path.outcome("late")
        assert outcome.kind == "late"
        assert outcome.excess_s > 0
        assert "past its deadline" in outcome.message

    async def test_expired(self, path: StreamPath) -> None:
        """Without an answer the app answers at the expiry, and no later answer counts."""
        record = await path.submit("gone", "quick", deadline_s=path.moment_s, expirytime=soon(path))
        event = await path.placed("gone")
        outcome = await path.outcome("gone")
        assert (outcome.kind, outcome.reason) == ("expired", "expired")
        reply = await path.written("results", "gone")
        assert msgspec.json.decode(reply.value)["outcome"] == "expired"
        await path.acknowledged(record)
        await path.answer(event)
        await path.answer(await self._next(path, "after-gone"))
        assert (await path.outcome("after-gone")).kind == "met"
        assert len(path.outcomes("gone")) == 1

    async def test_unknown_model(self, path: StreamPath) -> None:
        """Refused with the models there are, answered, and kept as a dead letter."""
        record = await path.submit("who", "nobody", value=b"bytes")
        outcome = await path.outcome("who")
        assert (outcome.kind, outcome.reason) == ("rejected", "unknown-model")
        assert "found 'nobody', allowed: quick, slow" in outcome.message
        letter = await path.written("dlq", "who")
        assert letter.value == b"bytes"
        assert dead(letter)[deadletter.ORIGINAL_OFFSET] == str(record.offset)
        await path.acknowledged(record)

    async def test_malformed(self, path: StreamPath) -> None:
        """Bytes that are no event have an outcome, a reason, an answer and a dead letter."""
        record = await path.send("odd", (("ce_id", b"odd"),), b"\xff\xfe")
        outcome = await path.outcome("odd")
        assert (outcome.kind, outcome.reason) == ("rejected", "malformed")
        assert "ce_specversion" in outcome.message
        letter, reply = await path.written("dlq", "odd"), await path.written("results", "odd")
        assert letter.value == record.value
        assert msgspec.json.decode(reply.value)["reason"] == "malformed"
        await path.acknowledged(record)

    async def test_repeat(self, path: StreamPath) -> None:
        """The same id again, before or after its outcome, is acknowledged and concluded once."""
        await path.submit("twice")
        event = await path.placed("twice")
        await path.submit("twice")
        await path.answer(event)
        await path.outcome("twice")
        third = await path.submit("twice")
        await path.acknowledged(third)
        assert [e.extension("attempt") for e in path.placements() if e.id == "twice"] == ["1"]
        assert len(path.outcomes("twice")) == 1

    async def test_redrive(self, path: StreamPath) -> None:
        """The same id with another redrive number is another request."""
        for number in ("1", "2"):
            await path.submit(f"redriven-{number}", id="redriven", redrive=number)
        await self._settled(path, "redriven", 2)
        identities = {each.identity for each in path.outcomes("redriven")}
        assert len(identities) == 2

    async def test_temporary_failure(self, path: StreamPath) -> None:
        """What failed for now is placed again as the next attempt."""
        await path.submit("again")
        event = await path.placed("again")
        await path.answer(event, verdict="failed", permanent=False, reason="busy")
        await path.answer(await path.placed("again", attempt=2))
        outcome = await path.outcome("again")
        assert (outcome.kind, outcome.attempt, outcome.attempts) == ("met", 2, 2)

    async def test_attempts_run_out(self, path: StreamPath) -> None:
        """The last attempt's failure is the outcome, with a dead letter."""
        await path.submit("never", value=b"keep me")
        for attempt in range(1, path.settings.max_attempts + 1):
            event = await path.placed("never", attempt)
            await path.answer(event, verdict="failed", permanent=False, reason="busy")
        outcome = await path.outcome("never")
        assert (outcome.kind, outcome.reason) == ("failed", "busy")
        letter = await path.written("dlq", "never")
        assert letter.value == b"keep me"
        assert dead(letter)[deadletter.ATTEMPTS] == "3"

    async def test_permanent_failure(self, path: StreamPath) -> None:
        """What cannot be computed is dead-lettered at once, with an answer."""
        record = await path.submit("bad", value=b"no audio")
        event = await path.placed("bad")
        await path.answer(event, verdict="failed", reason="bad-input", message="no WAV")
        outcome = await path.outcome("bad")
        assert (outcome.kind, outcome.reason, outcome.message) == ("failed", "bad-input", "no WAV")
        letter, reply = await path.written("dlq", "bad"), await path.written("results", "bad")
        assert letter.value == b"no audio"
        assert dead(letter)[deadletter.EXCEPTION] == "no WAV"
        assert msgspec.json.decode(reply.value)["error"] == "no WAV"
        await path.acknowledged(record)

    async def test_earlier_attempt_answers(self, path: StreamPath) -> None:
        """The first answer wins, whatever its attempt; the outcome names it."""
        await path.submit("race")
        first = await path.placed("race")
        await path.answer(first, verdict="skipped", reason="lease-over")
        second = await path.placed("race", attempt=2)
        await path.answer(first)
        outcome = await path.outcome("race")
        assert (outcome.kind, outcome.attempt, outcome.attempts) == ("met", 1, 2)
        await path.answer(second)
        await path.answer(await self._next(path, "after-race"))
        await path.outcome("after-race")
        assert len(path.outcomes("race")) == 1

    async def test_tenants_are_apart(self, path: StreamPath) -> None:
        """The same id of two tenants is two requests, each with its own topics."""
        for tenant in ("default", "other"):
            await path.submit("shared", tenant=tenant, source=f"/{tenant}")
        await self._answer_all(path, "shared", 2)
        for tenant in ("default", "other"):
            assert (await path.outcome("shared", tenant)).source == f"/{tenant}"
            assert (await path.written("results", "shared", tenant)).key == b"shared"

    async def test_reply_topic(self, path: StreamPath) -> None:
        """An allowed reply topic and partition is where the app's answer goes."""
        topic = f"{path.settings.topic_prefix}.{REPLIES}"
        await path.submit("mail", "nobody", replytopic=topic, replypartition="3")
        await path.outcome("mail")
        reply = await path.keyed(topic, "mail")
        assert (reply.partition, from_kafka(reply.headers, reply.value).subject) == (3, "nobody")

    async def test_reply_partition_that_is_not_there(self, path: StreamPath) -> None:
        """The answer goes where its key belongs; it does not hold up the partition for ever."""
        topic = f"{path.settings.topic_prefix}.{REPLIES}"
        record = await path.submit("lost", "nobody", replytopic=topic, replypartition="99")
        assert (await path.outcome("lost")).reason == "unknown-model"
        await path.keyed(topic, "lost")
        await path.acknowledged(record)

    async def test_partition_order_is_kept(self, path: StreamPath) -> None:
        """While an earlier request is open, later ones that are done stay unacknowledged."""
        held = await path.submit("held", partition=1)
        later = await path.submit("later", partition=1)
        await path.answer(await path.placed("later"))
        await path.outcome("later")
        assert await path.wire.next_offset(held.topic, 1) <= held.offset
        await path.answer(await path.placed("held"))
        await path.acknowledged(later)

    async def _next(self, path: StreamPath, request_id: str) -> CloudEvent:
        """A further request in the same partition: what was before it has been seen."""
        await path.submit(request_id)
        return await path.placed(request_id)

    async def _settled(self, path: StreamPath, request_id: str, count: int) -> None:
        await self._answer_all(path, request_id, count)
        await until(lambda: len(path.outcomes(request_id)) >= count)

    async def _answer_all(self, path: StreamPath, request_id: str, count: int) -> None:
        """Answer so many placements of an id."""

        def placed() -> list[CloudEvent]:
            return [event for event in path.placements() if event.id == request_id]

        await until(lambda: len(placed()) >= count)
        for event in placed():
            await path.answer(event)
