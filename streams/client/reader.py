"""The thread that reads results and outcomes."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from kafka.errors import KafkaError

from functions import cloudevents
from functions.errors import MalformedEventError
from streams.client.answer import Answer, Result
from streams.client.inbox import Inbox
from streams.schema import Outcome

_LOG = logging.getLogger("synergai.client")
_POLL_MS: Final = 200
_RETRY_S: Final = 0.5


class Reader:
    """Feeds the inbox under ``lock`` and hands complete answers on, outside of it."""

    def __init__(
        self,
        consumer: Any,
        ends: Mapping[Any, int],
        outcomes: str,
        inbox: Inbox,
        lock: threading.Lock,
        answered: Callable[[Answer], None],
    ) -> None:
        self._consumer = consumer
        self._outcomes = outcomes
        self._inbox = inbox
        self._lock = lock
        self._answered = answered
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="synergai-client", daemon=True)
        consumer.assign(list(ends))
        for place, offset in ends.items():
            consumer.seek(place, offset)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading and leave the broker."""
        self._stopping.set()
        if self._thread.ident is None:
            self._consumer.close(autocommit=False)
        else:
            self._thread.join()

    def _run(self) -> None:
        said = False
        while not self._stopping.is_set():
            try:
                polled = self._consumer.poll(timeout_ms=_POLL_MS)
            except KafkaError as error:
                if not said:
                    _LOG.warning("cannot read answers now: %s; trying again", error)
                said = True
                self._stopping.wait(_RETRY_S)
                continue
            said = False
            for records in polled.values():
                for record in records:
                    self._read(record)
        self._consumer.close(autocommit=False)

    def _read(self, record: Any) -> None:
        try:
            event = cloudevents.from_kafka(record.headers or (), record.value)
            with self._lock:
                answer = self._taken(record, event)
        except (MalformedEventError, msgspec.DecodeError) as error:
            place = f"{record.topic}/{record.partition}/{record.offset}"
            _LOG.warning("%s is skipped: %s", place, error)
            return
        if answer:
            self._answered(answer)

    def _taken(self, record: Any, event: cloudevents.CloudEvent) -> Answer | None:
        if record.topic == self._outcomes:
            return self._inbox.outcome(msgspec.json.decode(event.data, type=Outcome))
        request_id = event.extension("correlationid") or (record.key or b"").decode()
        result = Result(
            topic=record.topic, partition=record.partition, offset=record.offset, event=event
        )
        return self._inbox.result(request_id, result)
