"""Producers under faults: a steady rate, clocks that are off, repeats, events that are broken."""

import asyncio
import time
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from functions.rfc3339 import render
from streams.chaos import net

_STEP_S: Final = 0.02
_REPEATED: Final = 0.01
"""Share of requests that are published twice under one id."""
_BUDGETS_S: Final = (1.0, 2.0, 5.0)
_GARBLED: Final = 6

Headers = list[tuple[str, bytes]]


class Load:
    """Requests at a rate. What Kafka does not acknowledge is sent again under the same id."""

    def __init__(self, bootstrap: str, topic: str, rate: float, skew_s: float, seed: int) -> None:
        self._bootstrap, self._topic, self._rate, self._skew_s = bootstrap, topic, rate, skew_s
        self._random = Random(f"load {seed}")
        self._flying: set[asyncio.Task[None]] = set()
        self._producer: Any = None
        self._number = 0
        self.acknowledged: set[str] = set()
        """Ids of well-formed requests that Kafka took."""
        self.garbled = 0

    async def start(self) -> None:
        """Connect."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, acks="all", request_timeout_ms=10_000
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._producer.stop()

    async def run(self, until: asyncio.Event) -> None:
        """Send until told to stop, then wait for what is under way."""
        begun_s, before = time.monotonic(), self._number
        while not until.is_set():
            due = before + int((time.monotonic() - begun_s) * self._rate)
            for _ in range(due - self._number):
                self._submit()
            await asyncio.sleep(_STEP_S)
        while self._flying:
            await asyncio.wait(self._flying)

    def garble(self) -> None:
        """A few events that cannot be read, each broken in its own way."""
        for broken in _broken(self._random):
            self.garbled += 1
            self._fly(self._sent(None, broken, net.BODY))

    def _submit(self) -> None:
        self._number += 1
        name = f"r{self._number}"
        now_s = time.time() + self._random.uniform(-self._skew_s, self._skew_s)
        headers = _headers(name, now_s, self._random.choice(_BUDGETS_S))
        times = 2 if self._random.random() < _REPEATED else 1
        for _ in range(times):
            self._fly(self._sent(name, headers, net.BODY))

    def _fly(self, sending: Any) -> None:
        task = asyncio.create_task(sending)
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    async def _sent(self, name: str | None, headers: Headers, body: bytes) -> None:
        key = name.encode() if name else None
        while True:
            try:
                await self._producer.send_and_wait(self._topic, body, key=key, headers=headers)
            except KafkaError:
                await asyncio.sleep(0.2)
                continue
            if name:
                self.acknowledged.add(name)
            return


def _headers(name: str, now_s: float, budget_s: float) -> Headers:
    named = {
        "specversion": "1.0",
        "id": name,
        "source": "/chaos",
        "type": "org.synergai.request.submitted.v1",
        "subject": net.NAME,
        "time": render(now_s),
        "deadline": render(now_s + budget_s),
    }
    found = [(f"ce_{field}", value.encode()) for field, value in named.items()]
    return [*found, ("content-type", b"application/json")]


def _broken(random: Random) -> Sequence[Headers]:
    """No event at all, noise, no model, an unknown one, a time that is none, a body of noise."""
    good = dict(_headers(f"broken-{random.getrandbits(40)}", time.time(), 2.0))
    noise = random.randbytes(20)
    return [
        [],
        [("ce_id", noise), ("ce_specversion", noise)],
        [(k, v) for k, v in good.items() if k != "ce_subject"],
        [*({**good, "ce_subject": b"no-such-model"}).items()],
        [*({**good, "ce_deadline": b"tomorrow"}).items()],
        [("content-type", b"application/cloudevents+json"), ("ce_id", noise)],
    ]
