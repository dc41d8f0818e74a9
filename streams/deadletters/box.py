"""The dlq topic of one tenant on the broker: read whole, written in transactions, cut in front."""

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, ProducerFencedError

from functions.kafka_access import kafka_at
from streams.client.address import check
from streams.client.broker import failure, open_consumer
from streams.closing import Closing
from streams.consumed import consumed
from streams.errors import BrokerError
from streams.ports import Outgoing, Record

_POLL_MS: Final = 500
_OPEN_MS: Final = 5000
"""The broker ends a transaction whose producer died after this; until then the app waits for it."""
_STALLED_S: Final = 15.0


class Reading(Closing):
    """All committed records of a topic as it is now; may be read several times."""

    def __init__(self, bootstrap: str, topic: str, connect_s: float = 10.0) -> None:
        """Connect.

        Raises:
            BrokerError: the broker is away or the topic is missing.
        """
        self._bootstrap, self._topic = bootstrap, topic
        self._consumer, self._ends = open_consumer(bootstrap, [topic], connect_s)

    @property
    def ends(self) -> dict[int, int]:
        """Partition to the offset after its last record."""
        return {place.partition: end for place, end in self._ends.items()}

    def records(self) -> Iterator[Record]:
        """From the first to the last, by partition in order.

        Raises:
            BrokerError: the broker went away.
        """
        try:
            self._consumer.seek_to_beginning()
            yield from self._records()
        except KafkaError as error:
            raise failure(self._bootstrap, error) from None

    def record(self, partition: int, offset: int) -> Record:
        """One record, with its payload.

        Raises:
            BrokerError: the broker went away, or the record is gone.
        """
        place = TopicPartition(self._topic, partition)
        try:
            self._consumer.assign([place])
            self._consumer.seek(place, offset)
            polled = self._consumer.poll(timeout_ms=int(_STALLED_S * 1000), max_records=1)
        except KafkaError as error:
            raise failure(self._bootstrap, error) from None
        finally:
            self._consumer.assign(list(self._ends))
        for record in polled.get(place, ()):
            if record.offset == offset:
                return consumed(record)
        raise BrokerError(f"{self._topic}/{partition}/{offset}: cannot be read, or is gone by now")

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close(autocommit=False)

    def _records(self) -> Iterator[Record]:
        heard_s, places = time.monotonic(), self._positions()
        while any(places[place] < end for place, end in self._ends.items()):
            for records in self._consumer.poll(timeout_ms=_POLL_MS).values():
                yield from (consumed(record) for record in records if self._is_old(record))
            before, places = places, self._positions()
            if places != before:
                heard_s = time.monotonic()
            elif time.monotonic() - heard_s > _STALLED_S:
                raise BrokerError(f"broker {self._bootstrap} does not answer; is it running there?")

    def _positions(self) -> dict[Any, int]:
        return {place: self._consumer.position(place) for place in self._ends}

    def _is_old(self, record: Any) -> bool:
        end: int = self._ends[TopicPartition(record.topic, record.partition)]
        return bool(record.offset < end)


class Sending(Closing):
    """A transactional producer: whoever opened one of this name before is shut out."""

    def __init__(self, bootstrap: str, name: str, max_bytes: int, connect_s: float = 10.0) -> None:
        """Connect and shut others out.

        Raises:
            BrokerError: the broker is away.
        """
        self._bootstrap = bootstrap
        check(bootstrap, connect_s)
        try:
            self._producer = KafkaProducer(
                **kafka_at(bootstrap),
                transactional_id=name,
                max_request_size=max_bytes,
                transaction_timeout_ms=_OPEN_MS,
                max_block_ms=int(connect_s * 1000),
                allow_auto_create_topics=False,
            )
            self._producer.init_transactions()
        except KafkaError as error:
            raise failure(bootstrap, error) from None

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has.

        Raises:
            BrokerError: there is no such topic, or the broker is away.
        """
        try:
            return len(self._producer.partitions_for(topic) or ())
        except KafkaError as error:
            raise failure(self._bootstrap, error) from None

    def write(self, batch: Sequence[Outgoing]) -> None:
        """All of the batch or nothing of it.

        Raises:
            BrokerError: nothing was written, and why; this producer is of no use any more.
        """
        try:
            self._write(batch)
        except ProducerFencedError:
            raise BrokerError("another redrive or purge of this tenant began meanwhile") from None
        except KafkaError as error:
            raise failure(self._bootstrap, error) from None

    def close(self) -> None:
        """Leave the broker."""
        self._producer.close(timeout=5)

    def _write(self, batch: Iterable[Outgoing]) -> None:
        producer = self._producer
        producer.begin_transaction()
        try:
            sent = [
                producer.send(
                    each.topic, value=each.value, key=each.key, headers=list(each.headers),
                    partition=each.partition,
                )
                for each in batch
            ]  # fmt: skip
            for each in sent:
                each.get(timeout=30)
        except BaseException:  # Ctrl-C too: readers wait for what is open
            with contextlib.suppress(KafkaError):
                producer.abort_transaction()
            raise
        producer.commit_transaction()


def delete_before(bootstrap: str, topic: str, offsets: Mapping[int, int]) -> None:
    """Have the broker delete what lies before these offsets, by partition: a prefix, no more.

    Raises:
        BrokerError: it does not.
    """
    try:
        admin = KafkaAdminClient(**kafka_at(bootstrap))
        try:
            admin.delete_records({TopicPartition(topic, p): o for p, o in offsets.items()})
        finally:
            admin.close()
    except KafkaError as error:
        raise failure(bootstrap, error) from None
