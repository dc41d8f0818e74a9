"""A function without HTTP: takes placements off a pool's topic, answers when the test says so."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from functions.cloudevents import CloudEvent, from_kafka, to_kafka
from functions.schema import (
    CAPACITY_TYPE,
    FEEDBACK_TYPE,
    RESULT_TYPE,
    Capacity,
    Feedback,
    Held,
    Timing,
)
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topics
from tests.support.waiting import until


class ScriptedFunction:
    """One instance with many slots; requests wait in ``held`` until `answer`, or never do.

    The model ``quick`` is answered at once.
    """

    def __init__(self, bootstrap: str, settings: Settings, pool: Pool, slots: int = 50) -> None:
        self._bootstrap = bootstrap
        self._settings = settings
        self._topics = Topics(settings)
        self._pool = pool
        self._slots = slots
        self._sequence = 0
        self._producer: Any = None
        self.held: dict[str, CloudEvent] = {}
        self.events: dict[str, CloudEvent] = {}
        """The latest placement by request id."""
        self.taken: list[str] = []
        """Request ids in the order they came, repeats included."""

    async def answer(self, request_id: str, **fields: Any) -> None:
        """Result first, then feedback, as a function does."""
        event = self.held.pop(request_id)
        told = event.extensions
        result = self._event(RESULT_TYPE, event, b'{"outputs":[]}')
        receipt = await self._send(told["replytopic"], event.id, result)
        feedback = {
            "identity": told["identity"],
            "request_id": event.id,
            "tenant": told["tenant"],
            "attempt": int(told["attempt"]),
            "model": event.subject,
            "pool": self._pool.name,
            "architecture": self._pool.architecture,
            "configuration": self._pool.configuration,
            "instance": "scripted-1",
            "verdict": "answered",
            "timing": Timing(compute_s=0.002),
            "result_topic": told["replytopic"],
            "result_partition": receipt.partition,
            "result_offset": receipt.offset,
        }
        body = msgspec.json.encode(Feedback(**feedback | fields))
        reported = self._event(FEEDBACK_TYPE, event, body)
        partition = int(told["requestpartition"])
        await self._send(self._topics.system("latency"), event.id, reported, partition)

    async def took(self, ids: Iterable[str]) -> None:
        """Wait until it has taken a placement of each."""
        wanted = set(ids)
        await until(lambda: wanted <= self.events.keys())

    async def consume(self) -> None:
        """Take placements until cancelled."""
        consumer = AIOKafkaConsumer(
            self._pool.topic,
            bootstrap_servers=self._bootstrap,
            group_id=self._pool.topic,
            auto_offset_reset="earliest",
            enable_auto_commit=True,
        )
        await consumer.start()
        try:
            while True:
                record: Any = await consumer.getone()
                event = from_kafka(record.headers, record.value)
                self.taken.append(event.id)
                self.held[event.id] = self.events[event.id] = event
                if event.subject == "quick":
                    await self.answer(event.id)
        finally:
            await consumer.stop()

    async def announce(self) -> None:
        """Say what is held, several times a second, until cancelled."""
        while True:
            self._sequence += 1
            held = tuple(
                Held(
                    identity=event.extensions["identity"],
                    attempt=int(event.extensions["attempt"]),
                    model=event.subject,
                    elapsed_s=0.0,
                )
                for event in self.held.values()
            )
            capacity = Capacity(
                instance="scripted-1", device="scripted", pool=self._pool.name,
                architecture=self._pool.architecture, configuration=self._pool.configuration,
                slots=self._slots, models=self._pool.models, state="ready",
                sequence=self._sequence, running=held,
            )  # fmt: skip
            event = CloudEvent(
                id=f"capacity/{self._sequence}", source="/scripted", type=CAPACITY_TYPE,
                data=msgspec.json.encode(capacity),
            )  # fmt: skip
            await self._send(self._topics.system("capacity"), "scripted-1", event)
            await asyncio.sleep(0.25)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ScriptedFunction"]:
        """Consume and announce inside the ``with``."""
        self._producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all")
        await self._producer.start()
        tasks = [asyncio.create_task(self.consume()), asyncio.create_task(self.announce())]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._producer.stop()

    def _event(self, kind: str, event: CloudEvent, data: bytes) -> CloudEvent:
        told = event.extensions
        return CloudEvent(
            id=f"{told['identity']}/{kind}/{told['attempt']}", source="/scripted", type=kind,
            subject=event.subject, datacontenttype="application/json",
            extensions={"correlationid": event.id}, data=data,
        )  # fmt: skip

    async def _send(
        self, topic: str, key: str, event: CloudEvent, partition: int | None = None
    ) -> Any:
        headers, value = to_kafka(event)
        return await self._producer.send_and_wait(
            topic, value, key=key.encode(), headers=list(headers), partition=partition
        )
