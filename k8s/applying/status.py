"""Pools as they stand: revisions, nodes, scale and credit."""

from collections.abc import Sequence
from typing import Any

import msgspec

from k8s import kinds
from k8s.applying.readiness import state
from k8s.applying.waiting import reason
from k8s.errors import ForbiddenError, MissingKindError
from k8s.ports import Cluster, Object, Scope, ref_of
from k8s.prewarm import reading
from k8s.prewarm.inventory import Inventory
from k8s.prewarm.wishing import Standing


class PoolRow(msgspec.Struct, frozen=True, kw_only=True):
    """One generation of a pool."""

    pool: str
    generation: int
    architecture: str
    configuration: str
    state: str
    """``ready``, ``draining``, ``empty``, ``superseded``, or why it is not ready."""
    revision: str
    ready: int
    """Instances that answer."""
    starting: int
    """Instances that do not yet."""
    least: int
    """Instances that are kept; the demand's or the Service's own."""
    room: int | None
    """Instances that could run by bounds and nodes; None: the nodes may not be read."""
    credit: int | None
    """Slots that could run at once, were they all awake."""
    cold_start_s: float
    nodes: tuple[str, ...]
    reason: str
    """Why the controller keeps as many."""


async def rows(cluster: Cluster, namespace: str, selector: str) -> list[PoolRow]:
    """All pools of a deployment.

    Raises:
        K8sError: the cluster cannot be read, or has no Knative.
    """
    services = (await cluster.list(Scope(kinds.SERVICE, namespace, selector))).items
    revisions = (await cluster.list(Scope(kinds.REVISION, namespace))).items
    pods, all_nodes = await _pods(cluster, namespace)
    inventory, nodes = Inventory(), await _nodes(cluster)
    for kind, items in (
        (kinds.SERVICE, services), (kinds.REVISION, revisions), (kinds.POD, pods),
        (kinds.NODE, nodes or ()), (kinds.SOURCE, await _sources(cluster, namespace)),
    ):  # fmt: skip
        for item in items:
            inventory.put(kind, item, 0.0)
    notes = {each["metadata"]["name"]: reading.about(each, "annotations") for each in revisions}
    known = {ref_of(each): each for each in services}
    return [
        await _row(cluster, known[pool.facts.service], pool, inventory, notes, pods,
                   roomy=nodes is not None and all_nodes)
        for pool in inventory.standing(0.0)
    ]  # fmt: skip


async def _row(
    cluster: Cluster,
    service: Object,
    pool: Standing,
    inventory: Inventory,
    notes: dict[str, Any],
    pods: Sequence[Object],
    *,
    roomy: bool,
) -> PoolRow:
    facts = pool.facts
    own = [each for each in map(reading.pod, pods) if not each.gone and each.service ==
           reading.home(facts.service.namespace, facts.service.name)]  # fmt: skip
    return PoolRow(
        pool=facts.name,
        generation=facts.generation,
        architecture=facts.architecture,
        configuration=facts.configuration,
        state=await _state(cluster, service, pool),
        revision=facts.revision,
        ready=sum(each.ready for each in own),
        starting=sum(not each.ready for each in own),
        least=inventory.min_scale(facts.service, facts.revision) or 0,
        room=pool.limit if roomy else None,
        credit=pool.limit * facts.slots if roomy else None,
        cold_start_s=facts.cold_start_s,
        nodes=tuple(sorted({each.node for each in own if each.node})),
        reason=notes.get(facts.revision, {}).get(reading.REASON, ""),
    )


async def _state(cluster: Cluster, service: Object, pool: Standing) -> str:
    if pool.facts.draining:
        return "empty" if pool.facts.drained else "draining"
    if pool.past:
        return "superseded"
    found = state(service)
    if found.ready:
        return "ready"
    return await reason(cluster, service, pool.facts.service) or found.why


async def _pods(cluster: Cluster, namespace: str) -> tuple[Sequence[Object], bool]:
    """The pods of the cluster, or at least our own; whether these are all."""
    try:
        return (await cluster.list(Scope(kinds.POD))).items, True
    except ForbiddenError:
        return (await cluster.list(Scope(kinds.POD, namespace))).items, False


async def _nodes(cluster: Cluster) -> Sequence[Object] | None:
    try:
        return (await cluster.list(Scope(kinds.NODE))).items
    except ForbiddenError:
        return None


async def _sources(cluster: Cluster, namespace: str) -> Sequence[Object]:
    try:
        return (await cluster.list(Scope(kinds.SOURCE, namespace))).items
    except MissingKindError:
        return ()
