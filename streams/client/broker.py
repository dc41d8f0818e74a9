"""kafka-python as the client uses it; what it raises becomes BrokerError."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from functions.cloudevents import KafkaHeaders
from functions.kafka_access import kafka_at
from streams.client.address import check, unreachable
from streams.errors import BrokerError
from streams.topics import HOW_TO_CREATE

Offsets = dict[TopicPartition, int]
_BACKOFF_MS: Final = 1000


class Producer:
    """Thread-safe; sends to one topic."""

    def __init__(self, bootstrap: str, topic: str, max_bytes: int, connect_s: float) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        try:
            self._producer = KafkaProducer(
                **kafka_at(bootstrap),
                max_request_size=max_bytes,
                max_block_ms=int(connect_s * 1000),
                bootstrap_timeout_ms=int(connect_s * 1000),
                reconnect_backoff_max_ms=_BACKOFF_MS,
                allow_auto_create_topics=False,
            )
        except KafkaError as error:
            raise failure(bootstrap, error) from None

    def send(
        self, key: bytes, headers: KafkaHeaders, value: bytes, failed: Callable[[Exception], None]
    ) -> None:
        """Send without waiting; ``failed`` is called if the broker does not take it.

        Raises:
            BrokerError: the topic is missing or the broker away.
        """
        try:
            sent = self._producer.send(self._topic, value=value, key=key, headers=list(headers))
        except KafkaError as error:
            raise failure(self._bootstrap, error) from None
        sent.add_errback(lambda error: failed(failure(self._bootstrap, error)))

    def close(self) -> None:
        """Flush and close."""
        self._producer.close(timeout=5)


def open_consumer(bootstrap: str, topics: Sequence[str], connect_s: float) -> tuple[Any, Offsets]:
    """A read_committed consumer of all partitions of ``topics`` and their present ends.

    Raises:
        BrokerError: the broker is away or a topic is missing; the message says which.
        StreamsError: ``bootstrap`` is no address.
    """
    check(bootstrap, connect_s)
    consumer = None
    try:
        consumer = KafkaConsumer(
            **kafka_at(bootstrap),
            isolation_level="read_committed",
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            bootstrap_timeout_ms=int(connect_s * 1000),
            reconnect_backoff_max_ms=_BACKOFF_MS,
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        consumer.bootstrap(timeout_ms=int(connect_s * 1000))
        partitions = _partitions(consumer, bootstrap, topics)
        consumer.assign(partitions)
        return consumer, consumer.end_offsets(partitions, timeout_ms=int(connect_s * 1000))
    except (KafkaError, BrokerError) as error:
        if consumer is not None:
            consumer.close(autocommit=False)
        if isinstance(error, BrokerError):
            raise
        raise failure(bootstrap, error) from None


def _partitions(
    consumer: KafkaConsumer, bootstrap: str, topics: Sequence[str]
) -> list[TopicPartition]:
    found: list[TopicPartition] = []
    for topic in topics:
        numbers = consumer.partitions_for_topic(topic)
        if not numbers:
            raise BrokerError(f"broker {bootstrap}: no topic {topic}; {HOW_TO_CREATE}")
        found += [TopicPartition(topic, number) for number in sorted(numbers)]
    return found


def failure(bootstrap: str, error: BaseException) -> BrokerError:
    """What kafka-python raised, in words."""
    return unreachable(bootstrap, str(error) or type(error).__name__)
