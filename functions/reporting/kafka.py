"""Reports to Kafka through aiokafka."""

import asyncio
import re
import time
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from functions.cloudevents import to_kafka
from functions.errors import PermanentError, TemporaryError
from functions.kafka_access import kafka_at
from functions.reporting.line import Line
from functions.reporting.ports import Receipt, Report

_PERMANENT = (MessageSizeTooLargeError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError)
_PATIENCE_S = 10.0
_HOST = r"(\[[0-9A-Fa-f:.%]+\]|[^\s,:\[\]]+)(:[0-9]{1,5})?"
_HOSTS = re.compile(f"{_HOST}(,{_HOST})*", re.ASCII)


class KafkaReporter:
    """One producer. It has one request in flight: what must not wait has its own."""

    def __init__(
        self, bootstrap: str, largest_bytes: int, line: Line, patience_s: float = _PATIENCE_S
    ) -> None:
        """``line`` learns from every report; ``patience_s`` is how long one may take.

        Raises:
            PermanentError: ``bootstrap`` is no list of hosts and ports.
        """
        if not _HOSTS.fullmatch(bootstrap):
            allowed = "host:port, several separated by commas"
            raise PermanentError(f"kafka_bootstrap: found {bootstrap!r:.80}, allowed: {allowed}")
        self._patience_s = patience_s
        self._producer: Any = AIOKafkaProducer(
            **kafka_at(bootstrap),
            acks="all",
            linger_ms=0,
            max_request_size=largest_bytes,
            request_timeout_ms=int(patience_s * 1000),
        )
        self._line = line

    async def start(self) -> None:
        """Connect; keeps trying with backoff and says so once."""
        delay_s = 0.2
        while True:
            try:
                await self._producer.start()
            except KafkaError as error:
                self._line.failed(error)
                await asyncio.sleep(delay_s)
                delay_s = min(5.0, delay_s * 2)
            else:
                self._line.worked()
                return

    async def stop(self) -> None:
        """Flush and disconnect."""
        await self._producer.stop()

    async def send(self, report: Report) -> Receipt:
        """Append and wait for the acknowledgement.

        Raises:
            TemporaryError: Kafka does not take it now.
            PermanentError: Kafka will never take it.
        """
        headers, value = to_kafka(report.event)
        sent_s = time.time()
        try:
            async with asyncio.timeout(self._patience_s):
                metadata = await self._producer.send_and_wait(
                    report.topic, value, key=report.key, partition=report.partition,
                    headers=list(headers),
                )  # fmt: skip
        except _PERMANENT as error:
            raise PermanentError(f"topic {report.topic}: {error!r}") from None
        except (KafkaError, TimeoutError, AssertionError) as error:
            self._line.failed(error)
            raise TemporaryError(f"topic {report.topic}: {error!r}") from None
        self._line.worked()
        self._learn(sent_s, metadata.timestamp)
        return Receipt(partition=metadata.partition, offset=metadata.offset)

    def broker_time_s(self) -> float:
        """POSIX seconds on the broker's clock."""
        return time.time() + self._line.clock.offset_s

    def _learn(self, sent_s: float, append_ms: int | None) -> None:
        if append_ms is not None and append_ms > 0:
            self._line.clock.learn(sent_s, time.time(), append_ms / 1000)
