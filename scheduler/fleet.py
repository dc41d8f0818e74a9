"""The pools as believed now, and what each of them promises for a model."""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from scheduler.estimator import Estimator
from scheduler.slots import ASLEEP, NextSlot, SlotBook
from scheduler.types import Completion, PoolState


class Choice(NamedTuple):
    """One pool's earliest answer for a request sent now; sorts from best to worst.

    Earliest end first; of equal ends the longer service, so that the faster pool stays free.
    ``opens_s`` is when the placing window of the slot opens.
    """

    end_s: float
    preference: float
    pool_name: str
    pool: PoolState
    slot: str
    start_s: float
    service_s: float
    opens_s: float

    @property
    def wakes(self) -> bool:
        """The pool is at zero: sending wakes it."""
        return self.slot == ASLEEP


class Fleet:
    """All pools with their slot book, and predictions per (model, pool).

    Time by place: a placement may leave once its slot is expected to be free within the round trip,
    the time of its payload and ``margin_s``, so that the way hides behind the run before. A pool at
    zero may always be woken. With ``learns`` false a service takes what the profile says, whatever
    was observed.
    """

    def __init__(self, estimator: Estimator, margin_s: float, *, learns: bool = True) -> None:
        self.estimator = estimator
        self.service_s = estimator.service_s if learns else estimator.profiled_s
        """The expected seconds of a model in a slot of a pool."""
        self.pools: dict[str, PoolState] = {}
        self.linked = False
        """Whether payloads take time on the way to any pool."""
        self.book = SlotBook()
        self._margin_s = margin_s
        self._services: dict[str, list[tuple[PoolState, float]]] = {}
        self._known: frozenset[tuple[str, str, frozenset[str], bool]] = frozenset()

    def replace(self, pools: Sequence[PoolState]) -> bool:
        """Believes ``pools`` from now on; True if one is new, woke up or serves other models."""
        self.pools = {pool.name: pool for pool in pools}
        self.linked = any(pool.per_byte_s for pool in pools)
        self.book = SlotBook(pools)
        self._services.clear()
        seen = frozenset((p.name, p.configuration, p.models, bool(p.free_at_s)) for p in pools)
        gained = not seen <= self._known
        self._known = seen
        return gained

    def observe(self, completion: Completion) -> None:
        """Corrects the estimate of the pool that reported; a pool that is gone teaches nothing."""
        pool = self.pools.get(completion.pool)
        if pool is not None:
            self.estimator.observe(completion, pool)
            self._services.pop(completion.model, None)

    def serving(self, model: str) -> list[tuple[PoolState, float]]:
        """The pools that serve ``model``, each with its expected service time in seconds."""
        found = self._services.get(model)
        if found is None:
            found = self._services[model] = [
                (pool, self.service_s(model, pool))
                for pool in self.pools.values()
                if model in pool.models
            ]
        return found

    def best_latency_s(self, model: str, size_bytes: int = 0) -> float | None:
        """The latency if all slots were free for it; None if no pool serves the model.

        A pool without a slot at the moment counts with its cold start, woken or come back.
        """
        latencies = [
            pool.round_trip_s(size_bytes)
            + service_s
            + (0.0 if pool.free_at_s else pool.cold_start_s)
            for pool, service_s in self.serving(model)
        ]
        return min(latencies, default=None)

    def has_live_slot(self, model: str) -> bool:
        """Whether a pool that runs now serves ``model``."""
        return any(pool.free_at_s for pool, _ in self.serving(model))

    def opens_s(self, pool: PoolState, book: SlotBook, now_s: float, size_bytes: int = 0) -> float:
        """When the placing window of the pool's next slot opens; infinite without a slot."""
        slot = book.next_slot(pool, now_s)
        return inf if slot is None else self._opens_s(pool, slot, size_bytes)

    def _opens_s(self, pool: PoolState, slot: NextSlot, size_bytes: int) -> float:
        if slot.name == ASLEEP:
            return -inf
        return slot.free_s - (pool.round_trip_s(size_bytes) + self._margin_s)

    def choices(
        self, model: str, book: SlotBook, now_s: float, size_bytes: int = 0
    ) -> list[Choice]:
        """What every pool with a slot promises for a request that is sent in its turn, unsorted."""
        found = []
        for pool, service_s in self.serving(model):
            slot = book.next_slot(pool, now_s)
            if slot is None:
                continue
            found.append(
                promised(
                    pool,
                    slot.name,
                    slot.free_s,
                    service_s,
                    now_s,
                    opens_s=self._opens_s(pool, slot, size_bytes),
                    size_bytes=size_bytes,
                )
            )
        return found


def promised(
    pool: PoolState,
    slot: str,
    free_s: float,
    service_s: float,
    now_s: float,
    *,
    opens_s: float,
    size_bytes: int,
) -> Choice:
    """What a slot that is free at ``free_s`` promises a request of so many bytes sent now."""
    start_s = max(free_s, now_s + pool.there_s(size_bytes))
    end_s = start_s + service_s + pool.hop_s / 2
    return Choice(end_s, -service_s, pool.name, pool, slot, start_s, service_s, opens_s)


def take(book: SlotBook, choice: Choice) -> None:
    """Occupies the chosen slot until the computation is expected to end."""
    book.take(choice.pool, choice.slot, choice.start_s + choice.service_s)
