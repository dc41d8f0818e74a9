"""The whole path as a test drives it: a producer, one function that is told what to do, readers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from functions.cloudevents import CloudEvent, from_kafka, to_kafka
from functions.rfc3339 import render
from functions.schema import CAPACITY_TYPE, FEEDBACK_TYPE, RESULT_TYPE, Capacity, Feedback, Timing
from streams.ports import Headers, Outgoing, Record
from streams.schema import Outcome, Pool
from streams.settings import Settings
from streams.topics import Topics
from tests.support.waiting import found, until
from tests.support.wire import Wire


class StreamPath:
    """Sends requests, takes placements, answers them, and waits for what comes of it."""

    def __init__(self, wire: Wire, settings: Settings, pool: Pool, moment_s: float) -> None:
        """``moment_s``: a time that the path needs surely less than twice for one step."""
        self.wire = wire
        self.settings = settings
        self.topics = Topics(settings)
        self.moment_s = moment_s
        self._pool = pool
        self._sequence = int(time.time() * 1000)

    async def submit(
        self,
        request_id: str,
        model: str = "slow",
        *,
        tenant: str = "default",
        partition: int = 0,
        value: bytes = b"input",
        deadline_s: float = 60.0,
        **attributes: str,
    ) -> Record:
        """Send a request as any producer would; an attribute that is empty is left out."""
        now_s = time.time()
        named = {
            "specversion": "1.0", "id": request_id, "source": "/test", "type": "test",
            "subject": model, "time": render(now_s), "deadline": render(now_s + deadline_s),
        } | attributes  # fmt: skip
        headers = tuple((f"ce_{name}", text.encode()) for name, text in named.items() if text)
        return await self.send(request_id, headers, value, tenant=tenant, partition=partition)

    async def send(
        self,
        key: str,
        headers: Headers,
        value: bytes,
        *,
        tenant: str = "default",
        partition: int = 0,
    ) -> Record:
        """Any record on the requests topic."""
        topic = self.topics.tenant(tenant, "requests")
        record = Outgoing(
            topic=topic, key=key.encode(), headers=headers, value=value, partition=partition
        )
        return await self.wire.send(record)

    async def placed(self, request_id: str, attempt: int = 1) -> CloudEvent:
        """Wait for a placement."""

        def look() -> CloudEvent | None:
            for event in self.placements():
                if event.id == request_id and event.extension("attempt") == str(attempt):
                    return event
            return None

        return await found(look)

    def placements(self) -> list[CloudEvent]:
        """All placements that were sent."""
        records = self.wire.read(self._pool.topic)
        return [from_kafka(record.headers, record.value) for record in records]

    async def answer(self, event: CloudEvent, **fields: Any) -> None:
        """The function ends an attempt: a result where there is one, then the feedback."""
        told, verdict = event.extensions, fields.get("verdict", "answered")
        if verdict == "answered":
            result = await self._publish(told["replytopic"], event, RESULT_TYPE, b'{"outputs":[]}')
            fields |= {
                "result_topic": result.topic, "result_partition": result.partition,
                "result_offset": result.offset,
            }  # fmt: skip
        given: dict[str, Any] = {"verdict": verdict, "timing": Timing(compute_s=0.002), **fields}
        feedback = Feedback(
            identity=told["identity"], request_id=event.id, tenant=told["tenant"],
            attempt=int(told["attempt"]), model=event.subject, pool=self._pool.name,
            architecture=self._pool.architecture, configuration=self._pool.configuration,
            instance="told-1", **given,
        )  # fmt: skip
        body, partition = msgspec.json.encode(feedback), int(told["requestpartition"])
        latency = self.topics.system("latency")
        await self._publish(latency, event, FEEDBACK_TYPE, body, partition)

    async def outcome(self, request_id: str, tenant: str = "default") -> Outcome:
        """Wait for the outcome of a request id."""
        return (await found(lambda: self.outcomes(request_id, tenant) or None))[0]

    def outcomes(self, request_id: str, tenant: str = "default") -> list[Outcome]:
        """All committed outcomes of a request id."""
        records = self.wire.read(self.topics.tenant(tenant, "outcomes"))
        outcomes = [msgspec.json.decode(record.value, type=Outcome) for record in records]
        return [each for each in outcomes if each.request_id == request_id]

    async def written(self, name: str, request_id: str, tenant: str = "default") -> Record:
        """Wait for a record of a tenant's topic that is keyed by a request id."""
        return await self.keyed(self.topics.tenant(tenant, name), request_id)

    async def keyed(self, topic: str, request_id: str) -> Record:
        """Wait for a record of any topic that is keyed by a request id."""

        def look() -> Record | None:
            records = self.wire.read(topic)
            return next((each for each in records if each.key == request_id.encode()), None)

        return await found(look)

    async def acknowledged(self, record: Record) -> None:
        """Wait until the group has committed past a record."""

        async def past() -> bool:
            return await self.wire.next_offset(record.topic, record.partition) > record.offset

        await until(past)

    @asynccontextmanager
    async def function(self) -> AsyncIterator[None]:
        """An instance with many slots announces itself inside the ``with``."""
        task = asyncio.create_task(self._announce())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _announce(self) -> None:
        pool = self._pool
        while True:
            self._sequence += 1
            capacity = Capacity(
                instance="told-1", device="told", pool=pool.name, architecture=pool.architecture,
                configuration=pool.configuration, slots=50, models=pool.models, state="ready",
                sequence=self._sequence,
            )  # fmt: skip
            event = CloudEvent(
                id=f"capacity/{self._sequence}", source="/told", type=CAPACITY_TYPE,
                data=msgspec.json.encode(capacity),
            )  # fmt: skip
            headers, value = to_kafka(event)
            topic = self.topics.system("capacity")
            await self.wire.send(Outgoing(topic=topic, key=b"told-1", headers=headers, value=value))
            await asyncio.sleep(0.25)

    async def _publish(
        self, topic: str, event: CloudEvent, kind: str, data: bytes, partition: int | None = None
    ) -> Record:
        told = event.extensions
        answer = CloudEvent(
            id=f"{told['identity']}/{kind}/{told['attempt']}", source="/told", type=kind,
            subject=event.subject, datacontenttype="application/json",
            extensions={"correlationid": event.id}, data=data,
        )  # fmt: skip
        headers, value = to_kafka(answer)
        return await self.wire.send(
            Outgoing(
                topic=topic, key=event.id.encode(), headers=headers, value=value,
                partition=partition,
            )
        )  # fmt: skip
