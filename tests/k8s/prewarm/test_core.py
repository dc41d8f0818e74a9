"""The controller without I/O: objects and demands in, writes and declared pools out."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from k8s import kinds, labels
from k8s.ports import Kind, Object
from k8s.prewarm.core import Controller
from k8s.prewarm.reading import MIN_SCALE
from scheduler.demand import Demand
from tests.support.cluster_objects import demand, model, node, pod, pool, revision, revision_ref
from tests.support.memory_cluster import merged

if TYPE_CHECKING:
    from k8s.prewarm.types import Write

BUSY = demand(model(rate=20.0), gpu_a=0.3)
"""Seven slots: four instances of two."""
DRAINING = {labels.STATE: labels.DRAINING}
QUIET = demand(model(), gpu_a=0.3)


class World:
    """A controller and the cluster it sees; what it writes is seen at once, or when told so."""

    def __init__(self, *, release_after_s: float = 10.0) -> None:
        self.core = Controller(release_after_s)
        self.now_s = 100.0
        self.writes: list[tuple[float, Write]] = []
        self.objects: dict[str, Object] = {}

    def show(self, *items: Object) -> None:
        """Objects as they are now."""
        for item in items:
            self.objects[f"{item['kind']}/{item['metadata']['name']}"] = item
            kind = Kind(item["apiVersion"], item["kind"])
            self.core.changed(kind, item, self.now_s)

    def hide(self, item: Object) -> None:
        """An object is gone."""
        self.core.removed(Kind(item["apiVersion"], item["kind"]), item)

    def step(self, said: Demand | None = None, *, seen: bool = True, after_s: float = 1.0) -> Any:
        """Time goes on; the writes of this step as (object, what it sets)."""
        self.now_s += after_s
        if said is not None:
            self.core.demanded(said, self.now_s)
        found = self.core.step(self.now_s)
        for write in found:
            self.writes.append((self.now_s, write))
            known = self.objects[f"{write.ref.kind.name}/{write.ref.name}"]
            if seen:
                self.show(merged(known, write.patch))
        return [(w.ref.name, w.instances) for w in found]


@pytest.fixture
def world() -> World:
    """A GPU pool at zero on a node of four devices."""
    world = World()
    world.show(pool(), revision(), node(gpus=4))
    return world


def test_demand_raises_the_least_scale_of_the_latest_ready_revision(world: World) -> None:
    """What the demand needs is asked for at once, on the Revision."""
    assert world.step(BUSY) == [("gpu-a-00001", 4)]
    assert world.writes[0][1].ref == revision_ref()
    assert "slots for m" in world.writes[0][1].reason


def test_nothing_is_written_twice(world: World) -> None:
    """What the Revision says already is not said again."""
    world.step(BUSY)
    assert [world.step(BUSY) for _ in range(5)] == [[]] * 5


def test_at_most_one_write_a_second(world: World) -> None:
    """However the demand changes, a pool is written to once a second."""
    for number in range(40):
        world.step(demand(model(rate=1.0 + number), gpu_a=0.3), after_s=0.1)
    at_s = [when for when, _ in world.writes]
    assert all(b - a >= 0.999 for a, b in pairwise(at_s))


def test_less_is_asked_for_only_after_a_while(world: World) -> None:
    """The least scale is let go of when less was enough for the hold."""
    world.step(BUSY)
    found = [world.step(QUIET) for _ in range(12)]
    assert found[:9] == [[]] * 9
    assert [("gpu-a-00001", 0)] in found[9:]


def test_a_full_node_is_not_asked_for_more() -> None:
    """With two devices two instances are asked for, and no more."""
    world = World()
    world.show(pool(), revision(), node(gpus=2))
    assert world.step(BUSY) == [("gpu-a-00001", 2)]


def test_a_pod_that_fits_nowhere_is_taken_back(world: World) -> None:
    """Where others have the room, what turned out to fit nowhere is not asked for again soon."""
    world.step(BUSY)
    world.show(pod("a", node="gpu-1"), pod("b", unschedulable=True))
    assert world.step(BUSY) == [("gpu-a-00001", 1)]
    world.hide(pod("b"))
    world.show(pod("a", node="gpu-1", ready=True))


def test_a_node_that_comes_is_used(world: World) -> None:
    """A new node makes room at once, whatever was full."""
    world.show(pod("a", node="gpu-1"), pod("b", unschedulable=True))
    assert world.step(BUSY) == [("gpu-a-00001", 1)]
    world.show(node("gpu-2", gpus=4))
    assert world.step(BUSY) == [("gpu-a-00001", 4)]


def test_pools_that_compete_for_a_node_get_what_there_is() -> None:
    """Two pools on one node never ask for more devices than it has."""
    world = World()
    world.show(pool("gpu-a"), pool("gpu-b"), revision("gpu-a"), revision("gpu-b"), node(gpus=5))
    both = demand(model("a", rate=20.0), model("b", rate=20.0), gpu_a={"a": 0.3}, gpu_b={"b": 0.3})
    found = dict(world.step(both))
    assert sum(found.values()) == 5
    assert min(found.values()) >= 1


def test_the_bounds_of_the_service_hold() -> None:
    """Neither less than its least scale nor more than its most."""
    world = World()
    world.show(pool(floor=1, ceiling=2), revision(min_scale=1), node(gpus=8))
    assert world.step(QUIET) == []
    assert world.step(BUSY) == [("gpu-a-00001", 2)]


def test_a_new_revision_is_warmed_and_the_old_one_let_go(world: World) -> None:
    """The scale goes over to the latest ready Revision, one write at a time."""
    world.step(BUSY)
    world.show(revision(number=2), pool(revision=2))
    assert world.step(BUSY) == [("gpu-a-00002", 4)]
    assert world.step(BUSY) == [("gpu-a-00001", 0)]
    assert world.step(BUSY) == []


def test_a_revision_that_is_not_ready_yet_is_left_alone(world: World) -> None:
    """While a new one fails the old one is warmed."""
    world.show(revision(number=2))
    assert world.step(BUSY) == [("gpu-a-00001", 4)]


def test_somebody_elses_change_is_set_right(world: World) -> None:
    """What the Revision says counts, not what was written once."""
    world.step(BUSY)
    world.show(revision(min_scale=1))
    assert world.step(BUSY) == [("gpu-a-00001", 4)]


def test_a_restart_keeps_what_is_warm(world: World) -> None:
    """A controller that starts anew drops nothing before it knows the demand."""
    again = World()
    again.show(pool(), revision(min_scale=3), node(gpus=4))
    assert [again.step() for _ in range(3)] == [[]] * 3
    assert [again.step(QUIET) for _ in range(5)] == [[]] * 5
    found = [again.step(QUIET) for _ in range(8)]
    assert [("gpu-a-00001", 0)] in found


def test_without_news_of_the_demand_everything_stays(world: World) -> None:
    """When no worker says anything nothing is changed, for a minute."""
    world.step(BUSY)
    found = [world.step() for _ in range(50)]
    assert found == [[]] * 50
    found = [world.step() for _ in range(30)]
    assert [("gpu-a-00001", 0)] in found


def test_workers_add_up_and_the_dead_are_forgotten(world: World) -> None:
    """Each worker tells its part; who is silent for some seconds counts no more."""
    halves = [demand(model(rate=10.0), worker=name, gpu_a=0.3) for name in ("a", "b")]
    for half in halves:
        world.core.demanded(half, world.now_s)
    assert world.step() == [("gpu-a-00001", 4)]
    for _ in range(20):
        world.step(halves[0])
    assert world.objects["Revision/gpu-a-00001"]["metadata"]["annotations"][MIN_SCALE] == "2"


def test_a_write_that_is_not_seen_is_tried_again(world: World) -> None:
    """A patch that got lost is sent again a second later."""
    assert world.step(BUSY, seen=False) == [("gpu-a-00001", 4)]
    assert world.step(BUSY) == [("gpu-a-00001", 4)]


def test_a_measured_cold_start_is_written_down(world: World) -> None:
    """On the Service, once, from where a restarted controller reads it."""
    world.show(pod("a", node="gpu-1"))
    world.now_s += 5.0
    world.show(pod("a", node="gpu-1", ready=True))
    assert world.step(QUIET) == [("gpu-a", None)]
    about = world.objects["Service/gpu-a"]["metadata"]["annotations"]
    assert about[labels.MEASURED_COLD_START] == "5.000"
    assert world.core.declared(world.now_s)[0].cold_start_s == pytest.approx(5.0)
    assert world.step(QUIET) == []


def test_a_pool_is_declared_when_it_can_be_placed_on() -> None:
    """Ready Revision and event source first, then eligible."""
    world = World()
    world.core.listed(kinds.SOURCE, [], world.now_s)
    world.show(pool(revision=0), node(gpus=2))
    assert world.core.declared(world.now_s) == []
    world.show(pool())
    assert world.core.declared(world.now_s) == []
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    about = {"name": "gpu-a", "namespace": "synergai"}
    source = {"apiVersion": kinds.SOURCE.api_version, "kind": "KafkaSource", "metadata": about}
    world.show({**source, "status": ready})
    (found,) = world.core.declared(world.now_s)
    assert (found.name, found.state, found.slots, found.wakeable) == ("gpu-a", "eligible", 2, 4)
    assert (found.models, found.topic) == (("m",), "synergai.system.arch.gpu.gpu-a.g1")


def test_a_draining_pool_says_when_it_is_empty(world: World) -> None:
    """It is declared draining, cooled down, and marked when nothing is placed on it any more."""
    world.step(BUSY)
    world.show(pool(annotations=DRAINING))
    holding = demand(model(), held={"gpu-a": 1}, gpu_a=0.3)
    assert world.step(holding) == [("gpu-a-00001", 0)]
    assert world.core.declared(world.now_s)[0].state == "draining"
    assert world.step(holding) == []
    world.step(demand(model(), held={"gpu-a": 0}, gpu_a=0.3))
    assert labels.DRAINED in world.objects["Service/gpu-a"]["metadata"]["annotations"]


def test_without_news_a_draining_pool_does_not_count_as_empty(world: World) -> None:
    """What no worker speaks of may still be held by one that is silent."""
    world.show(pool(annotations=DRAINING))
    assert world.step() == []


def test_a_listing_replaces_what_was_known(world: World) -> None:
    """What is not listed any more is gone, its pods too."""
    world.show(pod("a", node="gpu-1", ready=True))
    world.core.listed(kinds.POD, [], world.now_s)
    world.core.listed(kinds.SERVICE, [], world.now_s)
    assert world.step(BUSY) == []
    assert world.core.declared(world.now_s) == []


def test_other_peoples_services_are_left_alone() -> None:
    """A Knative Service without our label is no pool."""
    world = World()
    other = pool()
    del other["metadata"]["labels"][labels.POOL]
    world.show(other, revision(), node())
    assert world.step(BUSY) == []


def test_an_older_generation_makes_way(world: World) -> None:
    """When the next generation of a pool can be placed on, the one before cools down."""
    world.step(BUSY)
    later = pool(annotations={labels.GENERATION: "2"}, revision=0)
    later["metadata"]["name"] = "gpu-a-g2"
    world.show(later)
    assert world.step(BUSY) == []
    assert [each.generation for each in world.core.declared(world.now_s)] == [1]
    world.show(merged(later, {"status": {"latestReadyRevisionName": "gpu-a-g2-00001"}}))
    world.show(revision("gpu-a-g2"))
    assert dict(world.step(BUSY)) == {"gpu-a-00001": 0, "gpu-a-g2-00001": 4}
    assert [each.generation for each in world.core.declared(world.now_s)] == [2]
    world.step(BUSY)
    assert labels.DRAINED in world.objects["Service/gpu-a"]["metadata"]["annotations"]
