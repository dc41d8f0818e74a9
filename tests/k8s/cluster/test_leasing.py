"""One leader: by a Lease, by steady clocks, handed over at once where that is possible."""

import pytest

from k8s import kinds
from k8s.cluster.leasing import Claim, Election
from k8s.errors import ClusterError
from k8s.ports import Ref
from tests.support.memory_cluster import MemoryCluster

LEASE = Ref(kinds.LEASE, "prewarm", "default")


class World:
    """Two candidates; their wall clocks are an hour apart."""

    def __init__(self) -> None:
        self.cluster = MemoryCluster()
        self.now_s = 100.0
        self.a, self.b = self.candidate("a", 0.0), self.candidate("b", 3600.0)

    def candidate(self, name: str, off_s: float) -> Election:
        """One more; its wall clock is off."""
        claim = Claim(name="prewarm", namespace="default", holder=name, lasts_s=9.0)
        steady = lambda: self.now_s  # noqa: E731
        return Election(self.cluster, claim, steady, lambda: self.now_s + off_s)

    @property
    def holder(self) -> str:
        """Who holds the Lease."""
        return str(self.cluster.seen(LEASE)["spec"]["holderIdentity"])


async def test_the_first_leads_and() -> None:
    """The first leads and the second waits whatever their clocks say."""
    world = World()
    assert await world.a.step()
    assert not await world.b.step()
    assert (world.a.leads, world.b.leads, world.holder) == (True, False, "a")


async def test_a_leader_that_renews() -> None:
    """A leader that renews keeps leading."""
    world = World()
    for _ in range(20):
        world.now_s += 2
        assert await world.a.step()
        assert not await world.b.step()


async def test_a_leader_that_is() -> None:
    """A leader that is silent stops before another begins."""
    world = World()
    await world.a.step()
    await world.b.step()
    led = []
    for _ in range(10):
        world.now_s += 1
        led.append((world.a.leads, await world.b.step()))
    assert led[4] == (True, False)
    assert led[6] == (False, False)
    assert led[8] == (False, True)
    assert world.cluster.seen(LEASE)["spec"]["leaseTransitions"] == 2


async def test_a_leader_that_resigns() -> None:
    """A leader that resigns is followed at once."""
    world = World()
    await world.a.step()
    await world.a.resign()
    assert not world.a.leads
    assert await world.b.step()
    assert world.holder == "b"


async def test_a_leader_without_a() -> None:
    """A leader without a server leads only as long as what it renewed holds."""
    world = World()
    await world.a.step()
    world.cluster.fail(down=True)
    world.now_s += 5
    assert await world.a.step()
    world.now_s += 2
    assert not await world.a.step()
    world.cluster.fail(down=False)
    assert await world.a.step()


async def test_resigning_without_a_server() -> None:
    """Resigning without a server says so and leads no more."""
    world = World()
    await world.a.step()
    world.cluster.fail(down=True)
    with pytest.raises(ClusterError):
        await world.a.resign()
    assert not world.a.leads


async def test_who_lost_a_race() -> None:
    """Who lost a race for a lease that ran out does not lead."""
    world = World()
    await world.a.step()
    late = world.candidate("c", 0.0)
    await world.b.step()
    await late.step()
    world.now_s += 9
    assert await world.b.step()
    assert not await late.step()
    assert world.holder == "b"
