"""The contract of a publisher, held by the one in memory and the one on Kafka."""

import asyncio

import pytest

from streams.errors import BrokerError
from streams.ports import Outgoing, Record
from streams.topics import Topics
from tests.support.stream_backends import Backend
from tests.support.waiting import found

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def arrived(backend: Backend, topic: str, key: bytes, count: int = 1) -> list[Record]:
    """Wait for records of a key."""

    def look() -> list[Record] | None:
        records = [record for record in backend.wire.read(topic) if record.key == key]
        return records if len(records) >= count else None

    return await found(look)


class TestPublisher:
    """Plain producing, acknowledged."""

    async def test_record_arrives_as_it_is(self, backend: Backend) -> None:
        """Key, headers in their order, repeats among them, and value are kept."""
        topic = Topics(backend.settings).system("decisions")
        headers = (("a", b"1"), ("b", b"\xff\x00"), ("a", b""))
        publisher = await backend.publisher()
        await publisher.publish(
            Outgoing(topic=topic, key=b"whole", headers=headers, value=b"\x00v", partition=1)
        )
        (record,) = await arrived(backend, topic, b"whole")
        assert (record.partition, record.headers, record.value) == (1, headers, b"\x00v")

    async def test_a_key_keeps_its_partition(self, backend: Backend) -> None:
        """Without a partition the key alone decides."""
        topic = Topics(backend.settings).tenant("default", "results")
        publisher = await backend.publisher()
        for value in (b"1", b"2"):
            await publisher.publish(Outgoing(topic=topic, key=b"same", headers=(), value=value))
        same = await arrived(backend, topic, b"same", 2)
        assert len({record.partition for record in same}) == 1

    async def test_no_such_partition(self, backend: Backend) -> None:
        """Is refused with the topic's name."""
        topic = Topics(backend.settings).system("decisions")
        publisher = await backend.publisher()
        with pytest.raises(BrokerError, match=topic):
            await publisher.publish(
                Outgoing(topic=topic, key=b"k", headers=(), value=b"v", partition=99)
            )

    @pytest.mark.parametrize("backend", ["kafka"], indirect=True)
    @pytest.mark.kafka
    async def test_too_large(self, backend: Backend) -> None:
        """A record over the limit is refused before it is sent, and the next one goes."""
        topic = Topics(backend.settings).system("decisions")
        publisher = await backend.publisher()
        large = Outgoing(topic=topic, key=b"large", headers=(), value=bytes(2_000_000))
        with pytest.raises(BrokerError, match="MessageSizeTooLarge"):
            await publisher.publish(large)
        await publisher.publish(Outgoing(topic=topic, key=b"small", headers=(), value=b"v"))
        assert await arrived(backend, topic, b"small")

    @pytest.mark.parametrize("backend", ["kafka"], indirect=True)
    @pytest.mark.kafka
    async def test_missing_topic(self, backend: Backend) -> None:
        """Waiting for a topic that is not there holds up nothing else."""
        publisher = await backend.publisher()
        topic = Topics(backend.settings).system("decisions")
        lost = Outgoing(topic=f"{topic}.not-there", key=None, headers=(), value=b"v")
        waits = asyncio.create_task(publisher.publish(lost))
        for number in range(20):
            key = f"passes-{number}".encode()
            await publisher.publish(Outgoing(topic=topic, key=key, headers=(), value=b"v"))
        assert not waits.done()
        waits.cancel()
        await asyncio.gather(waits, return_exceptions=True)
