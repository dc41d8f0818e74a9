"""The Faust side: an app without tables, two agents, what a rebalance means to the worker."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, Final, cast

import faust
from faust.exceptions import ConsumerNotStarted
from faust.tables import TableManager
from faust.transport.drivers import aiokafka
from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

from functions.kafka_access import tls_context
from functions.settings import KafkaAccess, kafka_access
from streams.errors import StreamsError
from streams.ports import Record
from streams.settings import Settings
from streams.topics import Topics
from streams.worker import forgotten
from streams.worker.intake import Delivered
from streams.worker.valve import Valve
from streams.worker.worker import Worker

_LOG: Final = logging.getLogger("synergai.app")
_COMMIT_EVERY_S: Final = 0.2
_POLLED: Final = 200
"""Records taken at a time: what functions report must not wait behind a burst of requests."""
_FETCHED_BYTES: Final = 128 * 1024
"""Of a partition at a time, or one record if that is larger: what is fetched of one partition is
handed out before what was fetched of the next."""
_FETCH_WAIT_MS: Final = 20
_BUFFERED: Final = 256
"""Records between Faust and the worker, which may each be as large as a request."""


class FeedbackFirst(DefaultSchedulingStrategy):
    """Hands out the feedback of a fetch before its requests; counts fetches."""

    def __init__(self) -> None:
        self.fetches = 0

    def iterate(self, records: Mapping[Any, list[Any]]) -> Iterator[tuple[Any, Any]]:
        """The records of one fetch, round robin within both kinds."""
        self.fetches += 1
        first = {place: found for place, found in records.items() if _is_feedback(place.topic)}
        rest = {place: found for place, found in records.items() if place not in first}
        return chain(super().iterate(first), super().iterate(rest))


class _Thread(aiokafka.AIOKafkaConsumerThread):
    """Fetches as Faust has no setting for; the consumer reads both attributes when it starts.

    A fetch covers the partitions of which nothing is left to be handed out. While it waits for
    news of those, news of the others waits for it: with Faust's 1.5 s, leases ran out over it.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = _FETCH_WAIT_MS  # noqa: SLF001
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer

    async def seek_to_committed(self) -> Mapping[Any, int]:
        """As Faust's, which calls it after each rebalance, but also where nothing is committed.

        By then Faust may have fetched and dropped the first records of such a partition.
        """
        consumer = self._ensure_consumer()
        found: Mapping[Any, int] = await self.call_thread(go_back, consumer)
        return found

    async def seek_wait(self, partitions: Mapping[Any, int]) -> None:
        """As Faust's, but nowhere if the group has dealt anew meanwhile.

        The thread gets to it after a rebalance that is under way, and reading would go on past
        records that were never taken.
        """
        dealt = self.app.consumer_generation_id
        await self.call_thread(self._seek_unless_dealt_anew, partitions, dealt)

    async def _seek_unless_dealt_anew(self, partitions: Mapping[Any, int], dealt: int) -> None:
        if self.app.consumer_generation_id == dealt:
            await self._seek_wait(self._ensure_consumer(), partitions)


async def go_back(consumer: Any) -> Mapping[Any, int]:
    """Read on from what is committed, from the first record where nothing is; what is committed."""
    found: Mapping[Any, int] = await consumer.seek_to_committed()
    fresh = [place for place, offset in found.items() if not offset]
    if fresh:
        await consumer.seek_to_beginning(*fresh)
    return found


class _Consumer(aiokafka.Consumer):
    def _new_consumer_thread(self) -> aiokafka.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


class _Transport(aiokafka.Transport):
    Consumer = _Consumer


class _Tables(TableManager):
    """We have no tables: Faust's own waits a second for them before it joins the group."""

    async def on_start(self) -> None:
        """As Faust's, at once."""
        await self._update_channels()
        await self.recovery.start()


def _is_feedback(topic: str) -> bool:
    return topic.endswith(".system.latency")


def make(settings: Settings, bootstrap: str, data: str) -> faust.App:
    """A Faust app that consumes raw bytes and acknowledges what it is told to.

    Faust's own guarantees are not relied on: acknowledging, outcomes and what is published are
    the worker's.
    """
    app = faust.App(
        Topics(settings).group,
        broker=";".join(f"kafka://{address}" for address in bootstrap.split(",")),
        key_serializer="raw",
        value_serializer="raw",
        datadir=data,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_client_id=forgotten.ours(),
        broker_commit_interval=_COMMIT_EVERY_S,
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.session_timeout_s / 4,
        broker_max_poll_records=_POLLED,
        consumer_max_fetch_size=_FETCHED_BYTES,
        stream_buffer_maxsize=_BUFFERED,
        stream_wait_empty=False,
        ConsumerScheduler=FeedbackFirst,
        TableManager=_Tables,
        loghandlers=[],
        **_credentials(kafka_access()),
    )
    app.transport = _Transport(app.conf.broker_consumer, app)
    return app


def _credentials(access: KafkaAccess) -> dict[str, Any]:
    """Faust's words for who we are to Kafka; none: no setting at all."""
    context = tls_context(access) if access.kafka_tls else None
    if access.kafka_sasl_mechanism:
        said = faust.SASLCredentials(
            mechanism=access.kafka_sasl_mechanism,
            username=access.kafka_sasl_user,
            password=access.kafka_sasl_password,
            ssl_context=context,
        )
        return {"broker_credentials": said}
    return {"broker_credentials": faust.SSLCredentials(context=context)} if context else {}


class Agents:
    """Connects one worker to one Faust app."""

    def __init__(self, app: faust.App, worker: Worker, settings: Settings) -> None:
        self._worker = worker
        self._app = app
        topics = Topics(settings)
        self._tenants = topics.requests
        self._valve = Valve(self._tenants)
        self._latency = topics.system("latency")
        self.joined = False
        """Whether the group has dealt at all; a worker in reserve may be dealt nothing."""
        self.failure: StreamsError | None = None
        """What a person must put right before this worker can go on."""
        for name, topics_of in (("requests", [*self._tenants]), ("feedback", [self._latency])):
            topic = app.topic(*topics_of, key_serializer="raw", value_serializer="raw")
            app.agent(topic, name=name)(self._consume)  # of their own: neither waits for the other
        app.on_partitions_assigned.connect(self._assigned, weak=False)
        app.on_partitions_revoked.connect(self._revoked, weak=False)

    @property
    def paused(self) -> bool:
        """Whether some partition is paused."""
        return self._valve.paused

    async def go_on(self) -> None:
        """Take requests again if they were paused and there is room; called again and again."""
        if self._valve.paused:
            kept = self._worker.pressure.kept()
            await self._valve.open(kept, self._fetches, self._app.consumer)

    def reported(self, partition: int) -> int:
        """The offset after the last feedback of a partition number, as of the latest fetch."""
        with suppress(AssertionError, AttributeError, ConsumerNotStarted):  # not ours, or not yet
            return self._app.consumer.highwater(TP(self._latency, partition)) or 0
        return 0

    @property
    def _fetches(self) -> int:
        return cast("FeedbackFirst", self._app.consumer.scheduler).fetches

    async def _consume(self, stream: Any) -> None:
        async for event in stream.noack().events():
            try:
                message = event.message
                self._valve.took(TP(message.topic, message.partition), message.offset)
                taken = delivered(event, self._tenants)
                _empty(event)
                self._worker.deliver(taken)
                closed = self._worker.pressure.closed()
                self._valve.close(closed, self._fetches, self._app.consumer)
            except Exception:  # noqa: BLE001 - at this edge Faust would skip the event for good
                place = f"{message.topic}/{message.partition}/{message.offset}"
                _LOG.exception("%s: a fault of ours; the record stays unacknowledged", place)

    async def _assigned(self, _: Any, /, *told: Any, **__: Any) -> None:
        self._valve.forget()
        try:
            numbers = whole(told[0], {*self._tenants, self._latency})
        except StreamsError as error:
            self.failure = error
            return
        self._worker.assigned(numbers)
        self.joined = True

    async def _revoked(self, _: Any, /, *told: Any, **__: Any) -> None:
        self._valve.forget()
        await self._worker.revoked({place.partition for place in told[0]})


def delivered(event: Any, tenants: Mapping[str, str]) -> Delivered:
    """A Faust event as the worker takes it."""
    message = event.message
    record = Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        append_s=message.timestamp,
        key=message.key,
        headers=tuple([(name, raw or b"") for name, raw in message.headers or ()]),
        value=message.value or b"",
    )
    return Delivered(tenants.get(message.topic), record, event.ack)


def _empty(event: Any) -> None:
    """Only where it stands is needed to acknowledge it: the bytes are the worker's to let go."""
    event.key = event.value = event.headers = None
    event.message.key = event.message.value = event.message.headers = None


def whole(assigned: Iterable[Any], topics: set[str]) -> set[int]:
    """The partition numbers of an assignment, each of which must come with all its topics.

    Raises:
        StreamsError: one worker was given only part of a partition number.
    """
    of: dict[int, set[str]] = {}
    for place in assigned:
        of.setdefault(place.partition, set()).add(place.topic)
    for number, found in of.items():
        if found != topics:
            raise StreamsError(
                f"assignment: partition {number} came without {', '.join(sorted(topics - found))}, "
                "allowed: the same partition of all topics; they need equally many partitions"
            )
    return set(of)
