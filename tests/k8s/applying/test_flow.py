"""Applying and removing on a cluster in memory: order, repeats, draining, what is left."""

import asyncio
import time

import pytest

from k8s import kinds, labels
from k8s.applying.flow import Unwanted, Wanted, applied, removed
from k8s.applying.steps import FEATURES, NothingToDoError
from k8s.applying.waiting import Patience
from k8s.deployment import load
from k8s.errors import ConflictError, MissingKindError, NotReadyError, RefusedError
from k8s.ports import Object, Ref, ref_of
from k8s.prewarm.reading import about
from k8s.render.order import step
from tests.k8s.rendered import GOLDEN, case
from tests.support.memory_cluster import MemoryCluster

DEPLOYMENT = load(GOLDEN / "short" / "deployment.yaml")
MANIFESTS = case("short")


async def sleep(seconds: float) -> None:
    """Take no time."""
    await asyncio.sleep(0)


LIMIT = Patience(timeout_s=0.2, steady_s=time.monotonic, sleep=sleep)


class World:
    """A cluster and what was said."""

    def __init__(self) -> None:
        self.cluster = MemoryCluster()
        self.said: list[str] = []

    async def apply(self, manifests: list[Object] = MANIFESTS, **given: bool) -> None:
        """Apply; unless it is said otherwise without waiting."""
        wanted = Wanted(deployment=DEPLOYMENT, manifests=manifests, **{"wait": False, **given})
        await applied(self.cluster, wanted, LIMIT, self.said.append)

    async def remove(self, **given: bool) -> None:
        """Remove."""
        unwanted = Unwanted(deployment=DEPLOYMENT, **given)
        await removed(self.cluster, unwanted, LIMIT, self.said.append)

    @property
    def services(self) -> list[Ref]:
        """The pools' Services."""
        return self.cluster.refs(kinds.SERVICE)


@pytest.fixture
def world() -> World:
    """An empty cluster."""
    return World()


async def test_everything_in_order(world: World) -> None:
    """As rendered; applied again nothing is written."""
    await world.apply()
    steps = [step(world.cluster.seen(ref)) for _, ref in world.cluster.writes]
    assert steps == sorted(steps)
    assert len(world.cluster.writes) == len(MANIFESTS)
    world.said.clear()
    await world.apply()
    assert len(world.cluster.writes) == len(MANIFESTS)
    assert all(line.endswith("unchanged") for line in world.said)


async def test_a_dry_run_writes_nothing(world: World) -> None:
    """It says what would be done, of a diff too."""
    await world.apply(dry_run=True)
    await world.apply(dry_run=True, diff=True)
    assert world.cluster.writes == []
    assert any("would be created" in line for line in world.said)
    assert "+kind: Deployment" in world.said[-1]


async def test_a_diff_shows_what_changes(world: World) -> None:
    """Line by line, and nothing else."""
    await world.apply()
    changed = [{**each} for each in MANIFESTS]
    service = next(each for each in changed if ref_of(each).kind == kinds.SERVICE)
    service["metadata"] = {
        **service["metadata"],
        "annotations": {**service["metadata"]["annotations"], labels.SLOTS: "7"},
    }
    await world.apply(changed, dry_run=True, diff=True)
    assert "+    synergai.org/slots: '7'" in world.said[-1]
    assert "NetworkPolicy" not in world.said[-1]
    await world.apply(dry_run=True, diff=True)
    assert world.said[-1] == "nothing changes"


async def test_what_is_not_installed_is_said_before_anything_is_written(world: World) -> None:
    """No half deployment."""
    world.cluster.kinds.remove(kinds.SERVICE)
    with pytest.raises(MissingKindError):
        await world.apply()
    assert world.cluster.writes == []


async def test_a_feature_flag_that_is_off(world: World) -> None:
    """Named with the patch that turns it on, before anything is written."""
    about_it = {"name": FEATURES.name, "namespace": FEATURES.namespace}
    world.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": about_it, "data": {}})
    with pytest.raises(RefusedError, match=r"podspec-nodeselector.*kubectl patch"):
        await world.apply()
    assert world.cluster.writes == []


async def test_what_others_changed_is_theirs_unless_forced(world: World) -> None:
    """A conflict says who; --force takes it."""
    await world.apply()
    app = next(each for each in MANIFESTS if each["kind"] == "Deployment")
    other = {**app, "spec": {"replicas": 5}}
    await world.cluster.apply(other, manager="somebody", force=True)
    with pytest.raises(ConflictError, match="somebody"):
        await world.apply()
    await world.apply(force=True)


async def test_what_does_not_get_ready_is_said(world: World) -> None:
    """Each object that is not, and why."""
    with pytest.raises(NotReadyError) as told:
        await world.apply(wait=True)
    assert "its controller has not taken it up yet" in str(told.value)
    assert str(world.services[0]) in str(told.value)


async def test_a_pool_that_is_not_meant_any_more(world: World) -> None:
    """It is named, and removed only with --prune."""
    await world.apply()
    fewer = [each for each in MANIFESTS if ref_of(each).name != world.services[0].name]
    await world.apply(fewer)
    assert "--prune" in world.said[-1]
    gone = world.services[0]
    world.cluster.change(gone, {"metadata": {"annotations": {labels.DRAINED: "true"}}})
    await world.apply(fewer, prune=True)
    assert gone not in world.services
    assert len(world.services) == len([e for e in fewer if ref_of(e).kind == kinds.SERVICE])


async def test_removing_drains_first(world: World) -> None:
    """Nothing is deleted before the pools are empty; then sources before Services before topics."""
    await world.apply()
    pools = world.services
    with pytest.raises(NotReadyError, match=r"not empty after 0.2 s.*--no-drain"):
        await world.remove()
    assert world.services == pools
    for ref in pools:
        assert about(world.cluster.seen(ref), "annotations")[labels.STATE] == labels.DRAINING
        world.cluster.change(ref, {"metadata": {"annotations": {labels.DRAINED: "true"}}})
    await world.remove()
    deleted = [ref.kind for verb, ref in world.cluster.writes if verb == "delete"]
    assert deleted.index(kinds.SOURCE) < deleted.index(kinds.SERVICE)
    assert deleted.index(kinds.SERVICE) < deleted.index(kinds.DEPLOYMENT)
    assert {ref.kind.name for ref in world.cluster.refs()} <= {"Namespace", "ConfigMap"}


async def test_removing_at_once(world: World) -> None:
    """Without draining; a second time there is nothing."""
    await world.apply()
    await world.remove(drain=False)
    assert world.services == []
    with pytest.raises(NothingToDoError, match="no deployment"):
        await world.remove()


async def test_applying_after_draining_serves_again(world: World) -> None:
    """A removal that was given up: the next apply takes the mark away."""
    await world.apply()
    with pytest.raises(NotReadyError):
        await world.remove()
    await world.apply()
    for ref in world.services:
        assert labels.STATE not in about(world.cluster.seen(ref), "annotations")
