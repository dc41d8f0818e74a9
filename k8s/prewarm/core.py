"""The controller without I/O: what is seen goes in, what is to be written comes out."""

from collections.abc import Mapping, Sequence
from typing import Final

from k8s import kinds, labels
from k8s.ports import Kind, Object, Ref, ref_of
from k8s.prewarm import reading
from k8s.prewarm.demands import Demands
from k8s.prewarm.holding import Holds
from k8s.prewarm.inventory import Inventory
from k8s.prewarm.starts import Starts
from k8s.prewarm.types import Declared, PodFacts, PoolFacts, Wish, Write
from k8s.prewarm.wishing import Standing, wishes
from scheduler.demand import Demand

WRITE_EVERY_S: Final = 1.0
"""No pool is written to more often."""


class Controller:
    """Raises ``min-scale`` of the latest ready Revisions ahead of the demand, and lets go of it.

    It never asks for less than the Service's own least scale, and leaves how many instances there
    are beyond that to the autoscaler. What it wants is compared with what the Revision says, so
    that it may be restarted, run twice or be told things twice. Times are of one steady clock.
    """

    def __init__(self, release_after_s: float = 60.0, spare: int = 0) -> None:
        self.inventory = Inventory()
        self.starts = Starts()
        self._demands = Demands()
        self._release_after_s = release_after_s
        self._spare = spare
        self._holds: dict[str, Holds] = {}
        self._written_s: dict[str, float] = {}
        self._started: list[tuple[str, float]] = []
        self.wishes: Mapping[str, Wish] = {}
        """The last wish of each pool, before it is held."""
        self.held: dict[str, int] = {}
        """What each pool is to have at least."""

    def listed(self, kind: Kind, items: Sequence[Object], now_s: float) -> None:
        """All objects of a kind; what was known and is not among them is gone."""
        if kind == kinds.SOURCE:
            self.inventory.watch_sources()
        known = set(self.inventory.refs(kind))
        for item in items:
            known.discard(ref_of(item))
            self._put(kind, item, now_s, fresh=False)
        for ref in known:
            self.inventory.remove(ref)
        if kind == kinds.POD:
            self.starts.forgotten(ref.name for ref in known)

    def changed(self, kind: Kind, item: Object, now_s: float) -> None:
        """An object was added or changed."""
        self._put(kind, item, now_s, fresh=True)

    def removed(self, kind: Kind, item: Object) -> None:
        """An object is gone."""
        self.inventory.remove(ref_of(item))
        if kind == kinds.POD:
            self.starts.forgotten([item["metadata"]["name"]])

    def demanded(self, demand: Demand, now_s: float) -> None:
        """A worker said what it has and expects."""
        self._demands.heard(demand, now_s)

    def started(self) -> list[tuple[str, float]]:
        """Services of which an instance got ready since the last call, and how long that took."""
        found, self._started = self._started, []
        return found

    def wrote(self, write: Write, now_s: float) -> None:
        """A write has arrived, or failed: the second until the next one counts from now."""
        self._written_s[write.service] = now_s

    def step(self, now_s: float) -> list[Write]:
        """What to write now: at most one write per pool and second, and only what is different."""
        demand = self._demands.now(now_s)
        standing = self.inventory.standing(now_s)
        if demand is not None:
            self.wishes = {wish.pool: wish for wish in wishes(demand, standing, self._spare)}
        wanted = {pool.key: self._hold(pool, now_s) for pool in standing}
        self.held = self.inventory.granted(standing, wanted)
        found = []
        for pool in standing:
            write = self._due(pool, demand, now_s)
            if write is not None:
                self._written_s[pool.key] = now_s
                found.append(write)
        self._forget({pool.key for pool in standing})
        return found

    def declared(self, now_s: float) -> list[Declared]:
        """What the scheduler is to be told of the pools that can be placed on."""
        return [
            _declared(pool) for pool in self.inventory.standing(now_s)
            if pool.current and self.inventory.placeable(pool.facts)
        ]  # fmt: skip

    def _put(self, kind: Kind, item: Object, now_s: float, *, fresh: bool) -> None:
        found = self.inventory.put(kind, item, now_s)
        if isinstance(found, PodFacts):
            if fresh:
                self.starts.created(found, now_s)
            took_s = self.starts.seen(found, now_s)
            if took_s is not None:
                self._started.append((found.service, took_s))

    def _due(self, pool: Standing, demand: Demand | None, now_s: float) -> Write | None:
        if now_s < self._written_s.get(pool.key, float("-inf")) + WRITE_EVERY_S:
            return None
        return (
            self._scale(pool, max(_floor(pool), self.held[pool.key]))
            or self._let_go(pool.facts)
            or self._drain(pool, demand)
            or self._tell_start(pool.facts)
        )

    def _hold(self, pool: Standing, now_s: float) -> int:
        """What the pool is to have at least, within its bounds."""
        facts, floor = pool.facts, _floor(pool)
        wish = self.wishes.get(pool.key)
        hold = self._holds.get(pool.key)
        if hold is None:
            hold = self._holds[pool.key] = Holds(self._release_after_s)
            before = self.inventory.min_scale(facts.service, facts.revision) or 0
            hold.held(min(before, pool.limit), min(before, pool.limit), now_s)
        wished = (wish.instances, wish.lasting) if wish else (floor, floor)
        held = hold.held(*wished, now_s)
        return floor if pool.leaves else max(floor, min(held, pool.limit))

    def _scale(self, pool: Standing, wanted: int) -> Write | None:
        facts = pool.facts
        said = self.inventory.min_scale(facts.service, facts.revision) or 0
        if not facts.revision or wanted == said:
            return None
        wish = self.wishes.get(pool.key)
        reason = wish.reason if wish and wish.instances == wanted else "held for a while"
        return self._write(facts, facts.revision, str(wanted), reason)

    def _let_go(self, facts: PoolFacts) -> Write | None:
        """A Revision that is not the latest any more keeps nothing awake."""
        floor = str(facts.floor)
        for revision, scale in self.inventory.older(facts.service, facts.revision):
            if scale > facts.floor:
                return self._write(facts, revision, floor, "a later Revision is ready")
        return None

    def _write(self, facts: PoolFacts, revision: str, value: str, reason: str) -> Write:
        patch = {"metadata": {"annotations": {reading.MIN_SCALE: value, reading.REASON: reason}}}
        ref = Ref(kinds.REVISION, revision, facts.service.namespace)
        return Write(
            pool=facts.name,
            service=facts.service.name,
            ref=ref,
            patch=patch,
            reason=reason,
            instances=int(value),
        )

    def _drain(self, pool: Standing, demand: Demand | None) -> Write | None:
        """Say on the Service that nothing is placed on the pool any more, or that this is over."""
        facts = pool.facts
        if pool.leaves == facts.drained or demand is None:
            return None
        if pool.leaves and self._demands.holds(facts.name):
            return None
        value = "true" if pool.leaves else None
        why = "nothing is placed on it any more" if value else "it is in use again"
        return _annotated(facts, labels.DRAINED, value, why)

    def _tell_start(self, facts: PoolFacts) -> Write | None:
        name = reading.home(facts.service.namespace, facts.service.name)
        measured_s = self.starts.news(name, facts.cold_start_s)
        if measured_s is None:
            return None
        self.starts.told(name, measured_s)
        why = "its cold starts take another time than was known"
        return _annotated(facts, labels.MEASURED_COLD_START, f"{measured_s:.3f}", why)

    def _forget(self, present: set[str]) -> None:
        for book in (self._holds, self._written_s):
            for name in book.keys() - present:
                del book[name]


def _floor(pool: Standing) -> int:
    """A pool that leaves keeps nothing awake."""
    return 0 if pool.leaves else pool.facts.floor


def _annotated(facts: PoolFacts, name: str, value: str | None, reason: str) -> Write:
    patch = {"metadata": {"annotations": {name: value}}}
    return Write(
        pool=facts.name, service=facts.service.name, ref=facts.service, patch=patch, reason=reason
    )


def _declared(pool: Standing) -> Declared:
    facts = pool.facts
    return Declared(
        name=facts.name,
        architecture=facts.architecture,
        configuration=facts.configuration,
        models=facts.models,
        topic=facts.topic,
        generation=facts.generation,
        slots=facts.slots,
        cold_start_s=facts.cold_start_s,
        wakeable=pool.limit * facts.slots,
        state="draining" if facts.draining else "eligible",
    )
