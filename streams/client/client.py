"""The client: one producer, one thread that reads results and outcomes."""

import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any, Final

from functions.cloudevents import KafkaHeaders
from streams.client.answer import Answer
from streams.client.broker import Producer, open_consumer
from streams.client.inbox import Inbox
from streams.client.reader import Reader
from streams.client.request import Request, TooLargeError, check_size, claimed, record
from streams.client.store import Store
from streams.closing import Closing
from streams.errors import StreamsError
from streams.settings import Settings
from streams.topics import HEADROOM_BYTES, Topics

_SETTINGS: Final = Settings()


class Ticket:
    """One request under way."""

    def __init__(self, request_id: str, model: str, future: "Future[Answer]") -> None:
        self.request_id = request_id
        self.model = model
        self._future = future

    def done(self) -> bool:
        """Whether the answer is there."""
        return self._future.done()

    def result(self, timeout_s: float | None = None) -> Answer:
        """Wait for the answer; every accepted request gets one, good or bad.

        Raises:
            TimeoutError: none came in time.
            BrokerError: the request could not be sent, or the client was closed.
        """
        try:
            return self._future.result(timeout_s)
        except TimeoutError:
            waited = f"no answer to request {self.request_id} ({self.model}) in {timeout_s:g} s"
            raise TimeoutError(f"{waited}; is the app running?") from None


class Client(Closing):
    """Submits requests of one tenant. Thread-safe; used as a context manager.

    Answers are read from the ends that the topics had when the client was made. An id that was
    used before is a repeat: it is computed once and has its one outcome already.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        tenant: str = "default",
        prefix: str = "synergai",
        source: str = "",
        max_request_bytes: int = _SETTINGS.max_request_bytes,
        connect_s: float = 10.0,
        claim_check: str = "",
    ) -> None:
        """Connect within ``connect_s`` seconds.

        ``claim_check`` is a folder as a URL of fsspec, e.g. ``s3://bucket/payloads``: payloads that
        are too large for a record are written there, and the record says where. Nobody removes
        them: let the storage do it, later than the requests' longest life.

        Raises:
            BrokerError: the broker is away or its topics are missing.
            StreamsError: ``claim_check`` is no such URL.
        """
        self._store = Store(claim_check) if claim_check else None
        topics = Topics(Settings(topic_prefix=prefix))
        self._topic = topics.tenant(tenant, "requests")
        self._limit = max_request_bytes
        self._source = source or f"/synergai/client/{uuid.uuid4().hex}"
        self._lock = threading.Lock()
        self._inbox = Inbox(self._source)
        self._futures: dict[str, Future[Answer]] = {}
        read = [topics.tenant(tenant, "results"), topics.tenant(tenant, "outcomes")]
        consumer, ends = open_consumer(bootstrap, [*read, self._topic], connect_s)
        ends = {place: offset for place, offset in ends.items() if place.topic in read}
        self._reader = Reader(consumer, ends, read[1], self._inbox, self._lock, self._answered)
        try:
            self._producer = Producer(bootstrap, self._topic, _room(self._limit), connect_s)
        except BaseException:
            self._reader.close()
            raise
        self._reader.start()

    def submit(
        self,
        model: str,
        data: bytes,
        media_type: str = "application/json",
        *,
        deadline_s: float,
        expiry_s: float | None = None,
        priority: int = 0,
        request_id: str | None = None,
        key: str = "",
        extensions: Mapping[str, str] | None = None,
    ) -> Ticket:
        """Send one request; times are seconds from now.

        Raises:
            StreamsError: the request is too large or wrong; says what is allowed.
            BrokerError: the broker is away.
        """
        request = Request(
            model=model,
            data=data,
            media_type=media_type,
            request_id=request_id or uuid.uuid4().hex,
            source=self._source,
            now_s=time.time(),
            deadline_s=deadline_s,
            expiry_s=expiry_s,
            priority=priority,
            key=key,
            extensions=extensions or {},
        )
        record_key, headers, value = self._record(request)
        ticket = self._expect(request)
        try:
            self._producer.send(record_key, headers, value, self._failing(request.request_id))
        except BaseException:
            self._drop(request.request_id)
            raise
        return ticket

    def wait(self, tickets: Iterable[Ticket], timeout_s: float | None = None) -> list[Answer]:
        """The answers of all tickets, in their order, within one common time.

        Raises:
            TimeoutError: some did not come in time.
            BrokerError: some could not be sent.
        """
        if timeout_s is None:
            return [ticket.result() for ticket in tickets]
        until_s = time.monotonic() + timeout_s
        return [ticket.result(max(0.0, until_s - time.monotonic())) for ticket in tickets]

    def close(self) -> None:
        """Send what is buffered, stop reading; tickets without an answer fail."""
        self._producer.close()
        self._reader.close()
        for request_id in list(self._futures):
            self._failing(request_id)(StreamsError("the client was closed before the answer came"))

    def _record(self, request: Request) -> tuple[bytes, KafkaHeaders, bytes]:
        """The record; what is too large for one goes to the store of payloads, if there is one."""
        found = record(request)
        try:
            check_size(*found, self._limit, self._topic)
        except TooLargeError:
            if self._store is None:
                raise
            found = record(claimed(request, self._store.put(request.data)))
            check_size(*found, self._limit, self._topic)
        return found

    def _expect(self, request: Request) -> Ticket:
        future: Future[Answer] = Future()
        with self._lock:
            if request.request_id in self._futures:
                found = f"request_id: found {request.request_id!r}, which is under way"
                raise StreamsError(f"{found}, allowed: an id of its own")
            self._futures[request.request_id] = future
            self._inbox.expect(request.request_id)
        return Ticket(request.request_id, request.model, future)

    def _drop(self, request_id: str) -> "Future[Answer] | None":
        with self._lock:
            self._inbox.forget([request_id])
            return self._futures.pop(request_id, None)

    def _answered(self, answer: Answer) -> None:
        future = self._drop(answer.request_id)
        if future:
            future.set_result(answer)

    def _failing(self, request_id: str) -> Any:
        def failed(error: Exception) -> None:
            future = self._drop(request_id)
            if future:
                future.set_exception(error)

        return failed


def _room(limit: int) -> int:
    return limit + HEADROOM_BYTES
