"""The controller at work on a cluster in memory: watching, leading, writing, declaring."""

import pytest

from k8s import kinds
from k8s.errors import ForbiddenError
from k8s.prewarm.reading import MIN_SCALE
from tests.support.cluster_objects import demand, model, node, pool, revision, revision_ref
from tests.support.memory_cluster import MemoryCluster
from tests.support.prewarming import Running, running, telling
from tests.support.waiting import until

BUSY = demand(model(rate=20.0), gpu_a=0.3)
QUIET = demand(model(), gpu_a=0.3)


@pytest.fixture
def cluster() -> MemoryCluster:
    """A pool at zero, and room for four."""
    cluster = MemoryCluster()
    for item in (pool(), revision(), node(gpus=4)):
        cluster.put(item)
    return cluster


def scale(cluster: MemoryCluster) -> str:
    """What the Revision is asked for."""
    return str(cluster.seen(revision_ref())["metadata"]["annotations"][MIN_SCALE])


async def test_demand_scales_and_its_end_lets_go(cluster: MemoryCluster) -> None:
    """Up with the demand, down when it ends."""
    async with running(cluster) as controller:
        async with telling([controller], BUSY):
            await until(lambda: scale(cluster) == "4")
        async with telling([controller], QUIET):
            await until(lambda: scale(cluster) == "0")
    assert [result for _, result in controller.heard.written] == ["written", "written"]


async def test_pools_are_declared(cluster: MemoryCluster) -> None:
    """The scheduler is told what can be placed on, with the room of the nodes."""
    async with running(cluster) as controller:
        await until(lambda: "gpu-a" in controller.heard.declared)
        assert controller.heard.declared["gpu-a"].wakeable == 8
        cluster.remove(cluster.refs(kinds.SERVICE)[0])
        await until(lambda: not controller.heard.declared)


async def test_a_broker_that_is_away_holds_up_nothing(cluster: MemoryCluster) -> None:
    """Pools that cannot be declared are scaled all the same, and declared later."""
    async with running(cluster) as controller, telling([controller], BUSY):
        controller.heard.away = True
        await until(lambda: scale(cluster) == "4")
        controller.heard.away = False
        await until(lambda: "gpu-a" in controller.heard.declared)


async def test_one_of_two_writes(cluster: MemoryCluster) -> None:
    """The one that leads; when it ends the other goes on at once."""
    async with running(cluster, "b") as second:
        async with running(cluster, "a") as first, telling([first, second], BUSY):
            await until(lambda: scale(cluster) == "4")
            assert sum(len(each.heard.written) for each in (first, second)) == 1
            assert {first.election.leads, second.election.leads} == {True, False}
        await until(lambda: second.election.leads)
        async with telling([second], QUIET):
            await until(lambda: scale(cluster) == "0")


async def test_the_server_goes_and_comes(cluster: MemoryCluster) -> None:
    """While it is away nothing is lost; when it is back what changed meanwhile counts."""
    async with running(cluster) as controller, telling([controller], BUSY):
        await until(lambda: scale(cluster) == "4")
        cluster.fail(down=True)
        await until(lambda: controller.shell.unready != [])
        cluster.change(revision_ref(), {"metadata": {"annotations": {MIN_SCALE: "1"}}})
        cluster.compact()
        cluster.fail(down=False)
        await until(lambda: scale(cluster) == "4")


async def test_a_missing_role_ends_it_with_a_sentence(cluster: MemoryCluster) -> None:
    """Waiting would not help: the process ends and says which."""
    cluster.forbidden.add(("list", "Node"))
    controller = Running(cluster, "a", "synergai", 1.0, 8.0)
    with pytest.raises(ForbiddenError, match="list Node"):
        await controller.run()


async def test_a_write_that_is_refused_does_not_end_it(cluster: MemoryCluster) -> None:
    """It is said, counted and tried again."""
    cluster.forbidden.add(("patch", "Revision"))
    async with running(cluster) as controller, telling([controller], BUSY):
        await until(lambda: len(controller.heard.written) >= 1)
        cluster.forbidden.clear()
        await until(lambda: scale(cluster) == "4")
    assert controller.heard.written[0][1] == "refused"


async def test_it_is_not_ready_before_everything_was_listed(cluster: MemoryCluster) -> None:
    """Health tells why."""
    controller = Running(cluster, "a", "synergai", 1.0, 8.0)
    assert controller.shell.unready == ["it is starting"]
    async with running(cluster) as other:
        await until(lambda: other.shell.unready == [])
