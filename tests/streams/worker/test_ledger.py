"""The contract of a ledger, held by the one in memory and the one on Kafka."""

import uuid

import msgspec
import pytest

from streams.errors import BrokerError, FencedError
from streams.identity import digest
from streams.ports import Conclude, Outgoing, Record
from streams.schema import Decision, Outcome
from streams.topics import Topics
from tests.support.stream_backends import Backend
from tests.support.waiting import found

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Written:
    """Conclusions and decisions with ids of their own, and who reads them."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.topics = Topics(backend.settings)

    def conclusion(
        self, request_id: str, partition: int, tenant: str = "default", *others: Outgoing
    ) -> Conclude:
        """An outcome as the core would conclude it, with further records of its transaction."""
        outcome = Outcome(
            identity=f"{tenant}/{request_id}", request_id=request_id, tenant=tenant, source="/t",
            model="m", kind="met", reason="answered", request_partition=partition,
        )  # fmt: skip
        record = self.record("outcomes", request_id, tenant, msgspec.json.encode(outcome))
        record = msgspec.structs.replace(record, partition=partition)
        return Conclude(partition=partition, outcome=outcome, records=(record, *others))

    def record(
        self, name: str, key: str, tenant: str = "default", value: bytes = b"bytes"
    ) -> Outgoing:
        """A record of a tenant's topic."""
        topic = self.topics.tenant(tenant, name)
        return Outgoing(topic=topic, key=key.encode(), headers=(("h", b"\xff"),), value=value)

    async def decide(self, request_id: str, partition: int, attempt: int) -> None:
        """A decision as the publisher would write it."""
        decision = Decision(
            identity=f"default/{request_id}", request_id=request_id, tenant="default", model="m",
            attempt=attempt, pool="edge", architecture="jetson", configuration="c", candidates=(),
            policy="edf", profiles="v", reason="r", placed_s=1.0, lease_expiry_s=2.0,
            predicted_s=1.0, slack_s=1.0,
        )  # fmt: skip
        topic, value = self.topics.system("decisions"), msgspec.json.encode(decision)
        publisher = await self.backend.publisher()
        await publisher.publish(
            Outgoing(topic=topic, key=b"k", headers=(), value=value, partition=partition)
        )

    async def seen(self, name: str, key: str, tenant: str = "default") -> int:
        """How often a key stands in a topic; waits for the first."""
        topic = self.topics.tenant(tenant, name)

        def look() -> list[Record] | None:
            records = self.backend.wire.read(topic)
            return [record for record in records if record.key == key.encode()] or None

        return len(await found(look))

    def unseen(self, name: str, key: str) -> bool:
        """Whether no reader of committed records has seen a key."""
        topic = self.topics.tenant("default", name)
        return all(record.key != key.encode() for record in self.backend.wire.read(topic))


@pytest.fixture
def written(backend: Backend) -> Written:
    """What the tests write."""
    return Written(backend)


class TestLedger:
    """One fence and one transaction at a time per partition."""

    async def test_history_is_what_was_committed_and_decided(
        self, backend: Backend, written: Written
    ) -> None:
        """Taking over reads all tenants' outcomes and the latest decisions of the partition."""
        name = uuid.uuid4().hex
        ledger = backend.ledger()
        await ledger.take_over(0)
        await ledger.conclude(
            0, [written.conclusion(name, 0), written.conclusion(name, 0, "other")]
        )
        for attempt in (1, 3, 2):
            await written.decide(name, 0, attempt)
            await written.decide(f"{name}-open", 0, attempt)
        await written.decide(f"{name}-elsewhere", 1, 1)
        heir = backend.ledger()
        history = await heir.take_over(0)
        assert {digest(f"{tenant}/{name}") for tenant in ("default", "other")} <= set(
            history.concluded
        )
        assert f"default/{name}" not in history.decisions
        assert history.decisions[f"default/{name}-open"].attempt == 3
        assert f"default/{name}-elsewhere" not in history.decisions
        for each in (ledger, heir):
            await each.release(0)

    async def test_another_takeover_fences_the_first(
        self, backend: Backend, written: Written
    ) -> None:
        """The former owner's transaction fails and nobody ever sees it."""
        name = uuid.uuid4().hex
        first, second = backend.ledger(), backend.ledger()
        await first.take_over(0)
        await second.take_over(0)
        with pytest.raises(FencedError, match="ledger"):
            await first.conclude(0, [written.conclusion(f"{name}-fenced", 0)])
        await second.conclude(0, [written.conclusion(name, 0)])
        assert await written.seen("outcomes", name) == 1
        assert written.unseen("outcomes", f"{name}-fenced")
        for each in (first, second):
            await each.release(0)

    async def test_partitions_are_fenced_apart(self, backend: Backend, written: Written) -> None:
        """Losing one partition leaves the others in place."""
        name = uuid.uuid4().hex
        first, second = backend.ledger(), backend.ledger()
        await first.take_over(0)
        await first.take_over(1)
        await second.take_over(0)
        await first.conclude(1, [written.conclusion(name, 1)])
        assert await written.seen("outcomes", name) == 1
        for partition in (0, 1):
            await first.release(partition)
        await second.release(0)

    async def test_all_or_none(self, backend: Backend, written: Written) -> None:
        """A transaction of which one record cannot be written leaves nothing; the next works."""
        name = uuid.uuid4().hex
        ledger = backend.ledger()
        await ledger.take_over(0)
        size = backend.settings.max_request_bytes + 128 * 1024
        too_large = written.record("dlq", name, value=bytes(size))
        torn = written.conclusion(name, 0, "default", written.record("results", name), too_large)
        _tear(backend, 2)
        with pytest.raises(BrokerError, match="ledger"):
            await ledger.conclude(0, [torn])
        _tear(backend, None)
        history = await ledger.take_over(0)
        assert digest(f"default/{name}") not in history.concluded
        letter = written.record("dlq", f"{name}-whole")
        await ledger.conclude(0, [written.conclusion(f"{name}-whole", 0, "default", letter)])
        assert await written.seen("dlq", f"{name}-whole") == 1
        assert await written.seen("outcomes", f"{name}-whole") == 1
        assert written.unseen("outcomes", name)
        assert written.unseen("results", name)
        await ledger.release(0)

    async def test_not_taken_over(self, backend: Backend, written: Written) -> None:
        """Without a takeover, and after release, nothing is written."""
        ledger = backend.ledger()
        conclusion = written.conclusion("nobody's", 0)
        with pytest.raises(BrokerError, match="not taken over"):
            await ledger.conclude(0, [conclusion])
        await ledger.take_over(0)
        await ledger.release(0)
        await ledger.release(0)
        with pytest.raises(BrokerError, match="not taken over"):
            await ledger.conclude(0, [conclusion])

    async def test_taking_over_again_goes_on(self, backend: Backend, written: Written) -> None:
        """The same worker may take over anew after a transaction whose end it does not know."""
        name = uuid.uuid4().hex
        ledger = backend.ledger()
        await ledger.take_over(0)
        await ledger.conclude(0, [written.conclusion(name, 0)])
        history = await ledger.take_over(0)
        assert digest(f"default/{name}") in history.concluded
        await ledger.conclude(0, [written.conclusion(f"{name}-b", 0)])
        assert await written.seen("outcomes", f"{name}-b") == 1
        await ledger.release(0)


def _tear(backend: Backend, after: int | None) -> None:
    """In memory a transaction is torn by hand; the broker refuses what is too large."""
    if hasattr(backend.wire, "broken_after"):
        backend.wire.broken_after = after
