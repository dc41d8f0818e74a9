"""What is known of the cluster: pools, Revisions, pods, nodes, and how many instances fit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from k8s import kinds
from k8s.ports import Kind, Object, Ref, ref_of
from k8s.prewarm import reading
from k8s.prewarm.room import Room
from k8s.prewarm.types import NodeFacts, PodFacts, PoolFacts
from k8s.prewarm.wishing import Standing

FULL_S: Final = 30.0
"""For so long a pool is not asked for more than had room, after a pod that fitted nowhere."""
UNBOUNDED: Final = 1000
"""No pool has more instances, whatever there is room for."""

Facts = PoolFacts | PodFacts | NodeFacts | int | bool | None


class Inventory:
    """Facts by object; only what is needed of each is kept."""

    def __init__(self) -> None:
        self._pools: dict[Ref, PoolFacts] = {}
        self._scales: dict[Ref, tuple[str, int | None]] = {}
        """Revision to its Service's name and its min-scale."""
        self._of_service: defaultdict[str, set[Ref]] = defaultdict(set)
        self._pods: dict[Ref, PodFacts] = {}
        self._nodes: dict[Ref, NodeFacts] = {}
        self._sources: dict[Ref, bool] = {}
        self.sources_known = False
        """Whether the event sources are watched; where they are not, they count as ready."""
        self._full: dict[str, tuple[float, int]] = {}
        self._room: Room | None = None
        self._standings: list[Standing] | None = None

    def put(self, kind: Kind, item: Object, now_s: float) -> Facts:
        """An object as it is now; its facts."""
        if kind != kinds.REVISION:
            self._standings = None
        ref = ref_of(item)
        match kind:
            case kinds.SERVICE:
                return self._put_pool(ref, reading.pool(item))
            case kinds.REVISION:
                return self._put_revision(ref, item)
            case kinds.POD:
                return self._put_pod(ref, reading.pod(item), now_s)
            case kinds.NODE:
                return self._put_node(ref, reading.node(item))
            case kinds.SOURCE:
                return self._sources.setdefault(ref, False) or self._put_source(ref, item)
            case _:
                return None

    def granted(self, standing: Sequence[Standing], wanted: dict[str, int]) -> dict[str, int]:
        """What each pool may have of what it wants, where several want the same room.

        Whoever has the fewest instances goes first.
        """
        growing = [pool for pool in standing if wanted.get(pool.key, 0) > pool.placed]
        if len(growing) < 2 or self._room is None:  # noqa: PLR2004
            return wanted
        room, granted = self._room.draft(), dict(wanted)
        for pool in sorted(growing, key=lambda each: (each.placed, each.key)):
            more = wanted[pool.key] - pool.placed
            granted[pool.key] = pool.placed + room.take(pool.facts.needs, more)
        return granted

    def watch_sources(self) -> None:
        """Event sources are known from now on: pools without one cannot be placed on."""
        if not self.sources_known:
            self.sources_known, self._standings = True, None

    def remove(self, ref: Ref) -> None:
        """An object is gone."""
        self._standings = None
        if ref in self._scales:
            self._of_service[self._scales.pop(ref)[0]].discard(ref)
        if self._pods.pop(ref, None) or self._nodes.pop(ref, None):
            self._room = None
            self._full.clear()
        self._pools.pop(ref, None)
        self._sources.pop(ref, None)

    def refs(self, kind: Kind) -> list[Ref]:
        """What is known of a kind."""
        books = (self._pools, self._scales, self._pods, self._nodes, self._sources)
        return [ref for book in books for ref in book if ref.kind == kind]

    def pools(self) -> list[PoolFacts]:
        """The pools there are, by name and generation."""
        return sorted(self._pools.values(), key=lambda pool: (pool.name, pool.generation))

    def standing(self, now_s: float) -> list[Standing]:
        """Each pool, its instances, and how many of it could run if the others stay as they are."""
        if self._standings is None or self._full:
            self._standings = self._stand(now_s)
        return self._standings

    def _stand(self, now_s: float) -> list[Standing]:
        room = self._room = self._room or Room(self._nodes.values(), self._pods.values())
        there: defaultdict[str, list[PodFacts]] = defaultdict(list)
        for pod in self._pods.values():
            if pod.service and not pod.gone:
                there[pod.service].append(pod)
        pools = self.pools()
        current = self._current(pools)
        return [
            self._standing(pool, there.get(_home(pool), []), room, current[pool.name], now_s)
            for pool in pools
        ]

    def _current(self, pools: Iterable[PoolFacts]) -> dict[str, PoolFacts]:
        """Of each pool the latest generation that can be placed on; else the latest."""
        found: dict[str, PoolFacts] = {}
        for pool in pools:
            before = found.get(pool.name)
            if before is None or not self.placeable(before) or self.placeable(pool):
                found[pool.name] = pool
        return found

    def placeable(self, pool: PoolFacts) -> bool:
        """Whether requests can be placed on the pool."""
        return bool(pool.revision) and self.fed(pool)

    def fed(self, pool: PoolFacts) -> bool:
        """Whether the pool's event source is there."""
        if not self.sources_known:
            return True
        ref = Ref(kinds.SOURCE, pool.service.name, pool.service.namespace)
        return self._sources.get(ref, False)

    def min_scale(self, service: Ref, revision: str) -> int | None:
        """What the Revision's annotation says."""
        found = self._scales.get(Ref(kinds.REVISION, revision, service.namespace))
        return found[1] if found else None

    def older(self, service: Ref, latest: str) -> Iterator[tuple[str, int]]:
        """Other Revisions of the Service with a min-scale."""
        if not latest:
            return
        for ref in sorted(self._of_service.get(service.name, ())):
            scale = self._scales[ref][1]
            if ref.name < latest and ref.namespace == service.namespace and scale is not None:
                yield ref.name, scale

    def _standing(
        self,
        pool: PoolFacts,
        pods: list[PodFacts],
        room: Room,
        current: PoolFacts,
        now_s: float,
    ) -> Standing:
        placed = [pod for pod in pods if pod.node]
        ready = sum(pod.ready for pod in placed if pod.revision == pool.revision)
        most = pool.ceiling or UNBOUNDED
        fit = len(placed) + room.fits(pool.needs, max(0, most - len(placed)))
        until_s, full = self._full.get(_home(pool), (0.0, 0))
        if now_s < until_s:
            fit = min(fit, full)
        return Standing(
            facts=pool,
            warm=ready,
            placed=len(placed),
            limit=min(most, fit),
            current=pool is current,
            past=pool.generation < current.generation,
        )

    def _put_pool(self, ref: Ref, pool: PoolFacts | None) -> PoolFacts | None:
        before = self._pools.get(ref)
        if pool is None:
            self._pools.pop(ref, None)
        elif pool != before:
            self._pools[ref] = pool
        return pool

    def _put_revision(self, ref: Ref, item: Object) -> int | None:
        service = reading.about(item, "labels").get(reading.OF_SERVICE, "")
        scale = reading.min_scale(item)
        self._scales[ref] = (service, scale)
        self._of_service[service].add(ref)
        return scale

    def _put_pod(self, ref: Ref, pod: PodFacts, now_s: float) -> PodFacts:
        before = self._pods.get(ref)
        self._pods[ref] = pod
        if before is None or (before.node, before.gone) != (pod.node, pod.gone):
            self._room = None
        if pod.gone and not (before and before.gone):
            self._full.clear()
        if pod.unschedulable and not pod.node and not pod.gone:
            mine = (each for each in self._pods.values() if each.service == pod.service)
            placed = sum(bool(each.node) and not each.gone for each in mine)
            self._full[pod.service] = (now_s + FULL_S, placed)
        return pod

    def _put_node(self, ref: Ref, node: NodeFacts) -> NodeFacts:
        if self._nodes.get(ref) != node:
            self._nodes[ref] = node
            self._room = None
            self._full.clear()
        return node

    def _put_source(self, ref: Ref, item: Object) -> bool:
        conditions = (item.get("status") or {}).get("conditions") or ()
        ready = any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)
        self._sources[ref] = ready
        return ready


def _home(pool: PoolFacts) -> str:
    return reading.home(pool.service.namespace, pool.service.name)
