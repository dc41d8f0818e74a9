"""A thousand bad records among a thousand good ones, with a real worker on the embedded broker."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from confluent_kafka import Producer
from kafka import KafkaProducer

from streams.core import deadletter
from streams.schema import Outcome
from tests.support.broker import Bootstrap
from tests.support.malformed import LIMIT_BYTES, Odd, kinds
from tests.support.scripted_function import ScriptedFunction
from tests.support.waiting import until
from tests.support.worker_process import Deployment, read_all, request_headers

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(180)]
COUNT = 1000

Place = tuple[int, int]
"""Partition and offset of a request."""


async def test_thousand_bad_among_thousand_good(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """Each has one outcome with its reason, dead letters hold the bytes, nothing stays open."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    limit = {"SYNERGAI_MAX_REQUEST_BYTES": str(LIMIT_BYTES)}
    async with function.running():
        with deployment.worker(**limit) as worker:
            await worker.ready()
            good, bad = produce(deployment)

            async def all_concluded() -> bool:
                return len(await deployment.outcomes()) >= 2 * COUNT

            await until(all_concluded, 90.0)

            async def all_acknowledged() -> bool:
                return await unacknowledged(deployment) == 0

            await until(all_acknowledged)
            assert worker.get("/health")[0] == 200
            assert worker.said() == ""
    outcomes = await deployment.outcomes()
    by_place = {(each.request_partition, each.request_offset): each for each in outcomes}
    assert len(outcomes) == len(by_place) == 2 * COUNT
    assert Counter(by_place[place].kind for place in good) == {"met": COUNT}
    wrong = {name for place, (name, odd) in bad.items() if by_place[place].reason != odd.reason}
    assert not wrong
    assert all(by_place[place].message for place, (_, odd) in bad.items() if odd.reason in REFUSED)
    await check_letters(deployment, bad, by_place)
    await check_answers(deployment, good, by_place)


REFUSED = {"malformed", "oversized", "unsupported", "unknown-model"}


def produce(deployment: Deployment) -> tuple[set[Place], dict[Place, tuple[str, Odd]]]:
    """Send good and bad ones in turn; where each of them stands."""
    topic = deployment.topics.tenant("default", "requests")
    producer = Producer({"bootstrap.servers": deployment.bootstrap, "message.max.bytes": 10**7})
    odd = list(kinds(deployment.settings.topic_prefix).items())
    good: set[Place] = set()
    bad: dict[Place, tuple[str, Odd]] = {}
    for number in range(COUNT):
        name, each = odd[number % len(odd)]

        def sent_bad(_: Any, message: Any, found: tuple[str, Odd] = (name, each)) -> None:
            bad[message.partition(), message.offset()] = found

        def sent_good(_: Any, message: Any) -> None:
            good.add((message.partition(), message.offset()))

        headers: Any = each.headers
        if any(header == ("ce_id", b"odd") for header in headers):
            headers = [h if h[0] != "ce_id" else ("ce_id", b"odd-%d" % number) for h in headers]
        key, partition = f"bad-{number}".encode(), number % 2
        producer.produce(
            topic, each.value, key=key, headers=headers, partition=partition, on_delivery=sent_bad
        )
        key, headers = f"good-{number}".encode(), [*request_headers(f"good-{number}", "quick", 90)]
        producer.produce(
            topic, b"in", key=key, headers=headers, partition=partition, on_delivery=sent_good
        )
    assert producer.flush(30) == 0
    return good, bad


async def unacknowledged(deployment: Deployment) -> int:
    """How many records the group has not committed."""
    admin = AIOKafkaAdminClient(bootstrap_servers=deployment.bootstrap)
    await admin.start()
    try:
        found = await admin.list_consumer_group_offsets(f"{deployment.settings.topic_prefix}.app")
    finally:
        await admin.close()
    left = 0
    for topic in (
        deployment.topics.tenant("default", "requests"), deployment.topics.system("latency"),
    ):  # fmt: skip
        ends = Counter(record.partition for record in await read_all(deployment.bootstrap, topic))
        for partition, end in ends.items():
            committed = found.get(TopicPartition(topic, partition))
            left += end - (committed.offset if committed else 0)
    return left


async def check_letters(
    deployment: Deployment, bad: dict[Place, tuple[str, Odd]], outcomes: dict[Place, Outcome]
) -> None:
    """One dead letter per refused record, with its bytes unless they are too many."""
    letters: dict[Place, Any] = {}
    for record in await read_all(deployment.bootstrap, deployment.topics.tenant("default", "dlq")):
        told = dict(record.headers)
        place = (int(told[deadletter.ORIGINAL_PARTITION]), int(told[deadletter.ORIGINAL_OFFSET]))
        assert place not in letters
        assert told[deadletter.EXCEPTION].decode() == outcomes[place].message
        letters[place] = record
    assert letters.keys() == {place for place, (_, odd) in bad.items() if odd.reason in REFUSED}
    for place, record in letters.items():
        name, odd = bad[place]
        cut = dict(record.headers).get(deadletter.CUT)
        assert (record.value == (odd.value or b"")) is (cut is None), name
        assert (cut is None) is (odd.reason != "oversized"), name


async def check_answers(
    deployment: Deployment, good: set[Place], outcomes: dict[Place, Outcome]
) -> None:
    """The result that an outcome names is the answer to its request."""
    results = await read_all(deployment.bootstrap, deployment.topics.tenant("default", "results"))
    keys = {(record.partition, record.offset): record.key for record in results}
    for place in good:
        outcome = outcomes[place]
        answer = keys[outcome.result_partition, outcome.result_offset]
        assert answer == outcome.request_id.encode()


class _Name(str):
    """A header's name that a foreign producer encodes in its own way."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Latin-1."""
        return super().encode("latin-1")


@pytest.mark.parametrize("compression", [None, "gzip"])
async def test_header_name_that_is_no_utf8(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path, compression: str | None
) -> None:
    """The consumer underneath would fail at it for ever; it is read with a replaced name."""
    deployment = await Deployment(broker.bootstrap, topic_prefix, tmp_path).prepare()
    function = ScriptedFunction(broker.bootstrap, deployment.settings, deployment.pool)
    ids = [f"name-{number}" for number in range(9)]
    producer = KafkaProducer(
        bootstrap_servers=broker.bootstrap, compression_type=compression, linger_ms=50
    )
    for request_id in ids:
        headers = [*request_headers(request_id, "quick", 60.0), (_Name("na\xefve"), b"x")]
        producer.send(
            deployment.topics.tenant("default", "requests"), b"input",
            key=request_id.encode(), headers=headers, partition=0,
        )  # fmt: skip
    producer.close()
    async with function.running():
        with deployment.worker() as worker:

            async def all_concluded() -> bool:
                return len(await deployment.outcomes()) >= len(ids)

            await until(all_concluded)
            assert worker.said() == ""
    found = [(each.request_id, each.kind) for each in await deployment.outcomes()]
    assert sorted(found) == [(request_id, "met") for request_id in ids]
