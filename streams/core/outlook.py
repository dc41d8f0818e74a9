"""Whether a request can still meet its deadline: for those who would rather know at once."""

from math import inf
from typing import NamedTuple

from scheduler.types import PoolState
from streams.core.life import Life
from streams.core.slots import Estimates, Slots


class Best(NamedTuple):
    """The least latency there is for a model: seconds from now, and where."""

    latency_s: float
    pool: str


class Outlook:
    """What is best for a request that has every queue before it to itself.

    At first a pool of which no instance was heard counts as free: one may be about to say so.
    """

    def __init__(self, slots: Slots, estimates: Estimates, heard_after_s: float) -> None:
        """``heard_after_s``: when every instance that lives has said so."""
        self._heard_after_s = heard_after_s
        self._began_s: float | None = None
        self._slots = slots
        self._estimates = estimates

    def unmeetable(self, life: Life, now_s: float, later_s: float = 0.0) -> str:
        """Why its deadline cannot be met any more, ``later_s`` from now, or nothing."""
        if life.accepted is None:
            return ""
        left_s = life.accepted.deadline_s - now_s - later_s
        best = self.best(life.envelope.model, now_s, life.accepted.payload_bytes)
        if best.latency_s <= left_s:
            return ""
        if best.latency_s == inf:
            return f"no pool serves {life.envelope.model} now"
        budget_s = life.accepted.deadline_s - life.envelope.record.append_s
        predicted = f"predicted {best.latency_s:.3f} s at best, on pool {best.pool}"
        return f"{predicted}; {max(0.0, left_s):.3f} s are left of its budget of {budget_s:.3f} s"

    def best(self, model: str, now_s: float, size_bytes: int = 0) -> Best:
        """The least latency for a payload of so many bytes now."""
        pools = (pool for pool in self._slots.current(now_s) if model in pool.models)
        found = [
            Best(
                self._latency_s(model, pool, now_s, pool.round_trip_s(size_bytes)),
                pool.name,
            )
            for pool in pools
        ]
        return min(found, default=Best(inf, ""))

    def mean_s(self, model: str) -> float:
        """What a request of the model takes on average over the pools."""
        pools = (pool for pool in self._slots.told() if model in pool.models)
        found = [self._estimates.service_s(model, pool) for pool in pools]
        return sum(found) / len(found) if found else 0.0

    def _latency_s(self, model: str, pool: PoolState, now_s: float, way_s: float) -> float:
        self._began_s = now_s if self._began_s is None else self._began_s
        if pool.free_at_s:
            wait_s = max(0.0, min(pool.free_at_s) - now_s)
        else:
            heard = now_s >= self._began_s + self._heard_after_s
            wait_s = pool.cold_start_s if heard else 0.0
        return wait_s + way_s + self._estimates.service_s(model, pool)
