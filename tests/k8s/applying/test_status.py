"""Pools as they stand."""

from k8s import labels
from k8s.applying.status import rows
from k8s.ports import Object
from tests.support.cluster_objects import NAMESPACE, node, pod, pool, revision
from tests.support.memory_cluster import MemoryCluster, merged


def ready(service: Object) -> Object:
    """As Knative says it of a Service that is."""
    status = {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]}
    return merged(service, {"status": status})


def cluster(*more: Object) -> MemoryCluster:
    """A pool with one instance of four, and what else there is."""
    found = MemoryCluster()
    base = (ready(pool()), revision(min_scale=1), node(gpus=4))
    for item in (*base, pod("a", node="gpu-1", ready=True), *more):
        found.put(item)
    return found


async def test_scale_room_and_credit() -> None:
    """What is ready, what could run, and on which nodes."""
    (row,) = await rows(cluster(pod("b", node="gpu-1")), NAMESPACE, "")
    assert (row.pool, row.state, row.revision) == ("gpu-a", "ready", "gpu-a-00001")
    assert (row.ready, row.starting, row.least, row.room, row.credit) == (1, 1, 1, 4, 8)
    assert (row.nodes, row.cold_start_s) == (("gpu-1",), 2.0)


async def test_what_is_wrong_with_a_pool() -> None:
    """The reason stands where the state is."""
    broken = merged(pool(), {"status": {"latestCreatedRevisionName": "gpu-a-00001"}})
    found = cluster(broken, pod("b", unschedulable=True))
    (row,) = await rows(found, NAMESPACE, "")
    assert row.state.startswith("no node for it")


async def test_draining() -> None:
    """A pool that is to go says how far it is."""
    going = pool(annotations={labels.STATE: labels.DRAINING})
    (row,) = await rows(cluster(ready(going)), NAMESPACE, "")
    assert row.state == "draining"
    gone = pool(annotations={labels.STATE: labels.DRAINING, labels.DRAINED: "true"})
    (row,) = await rows(cluster(ready(gone)), NAMESPACE, "")
    assert row.state == "empty"


async def test_without_the_right_to_see_nodes() -> None:
    """Everything else is shown; room and credit are not known."""
    found = cluster()
    found.forbidden.add(("list", "Node"))
    (row,) = await rows(found, NAMESPACE, "")
    assert (row.ready, row.room, row.credit) == (1, None, None)
