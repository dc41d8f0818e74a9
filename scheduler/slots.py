"""Which slot of a pool is free next, with the placements made since capacity was last told."""

from collections.abc import Sequence
from heapq import heapify, heappush, heapreplace
from typing import NamedTuple

from scheduler.errors import SchedulerError
from scheduler.types import PoolState

ASLEEP = ""
"""The name of a slot that does not run yet: taking it wakes the pool."""


class NextSlot(NamedTuple):
    """The slot that can start soonest: when (seconds), and its name (``ASLEEP``: to be woken)."""

    free_s: float
    name: str


def names(pool: PoolState) -> tuple[str, ...]:
    """The names of the live slots of ``pool``, in the order of ``free_at_s``.

    Raises:
        SchedulerError: there are not as many names as free times.
    """
    found = pool.slots or tuple([f"{pool.name}#{i}" for i in range(len(pool.free_at_s))])
    if len(found) != len(pool.free_at_s):
        raise SchedulerError(
            f"pool {pool.name}: slots: found {len(found)} names, "
            f"allowed: one for each of the {len(pool.free_at_s)} entries of free_at_s"
        )
    return found


class SlotBook:
    """The slots of all pools; `take` only ever moves a slot's free time later.

    A slot shared by several pools has one free time. Each pool keeps a heap of its slots that is
    put right lazily, so `next_slot` and `take` cost O(log slots).
    """

    def __init__(self, pools: Sequence[PoolState] = ()) -> None:
        self._free: dict[str, float] = {}
        self._heaps: dict[str, list[tuple[float, str]]] = {}
        self._asleep: dict[str, int] = {}
        for pool in pools:
            self._add(pool)

    def copy(self) -> "SlotBook":
        """A book to plan in; what is taken there is not taken here."""
        other = SlotBook()
        other._free = self._free.copy()
        other._heaps = {name: heap.copy() for name, heap in self._heaps.items()}
        other._asleep = self._asleep.copy()
        return other

    def next_slot(self, pool: PoolState, now_s: float) -> NextSlot | None:
        """The slot of ``pool`` that can start soonest, or None if it has none."""
        heap, free = self._heaps[pool.name], self._free
        while heap and heap[0][0] != free[heap[0][1]]:
            name = heap[0][1]
            heapreplace(heap, (free[name], name))
        if not self._asleep[pool.name]:
            return NextSlot(*heap[0]) if heap else None
        woken_s = now_s + pool.cold_start_s
        return NextSlot(*heap[0]) if heap and heap[0][0] <= woken_s else NextSlot(woken_s, ASLEEP)

    def free_s(self, slot: str) -> float:
        """When the live slot of this name is free."""
        return self._free[slot]

    def live(self, pool: PoolState) -> list[tuple[float, str]]:
        """When each slot of ``pool`` that runs or was woken is free, and its name."""
        return [(self._free[name], name) for _, name in self._heaps[pool.name]]

    def asleep(self, pool: PoolState) -> int:
        """How many slots of ``pool`` may still be woken."""
        return self._asleep[pool.name]

    def take(self, pool: PoolState, slot: str, until_s: float) -> None:
        """Occupies ``slot`` (as named by `next_slot`) until ``until_s``."""
        if slot == ASLEEP:
            slot = f"{pool.name}~{self._asleep[pool.name]}"
            self._asleep[pool.name] -= 1
            heappush(self._heaps[pool.name], (until_s, slot))
        self._free[slot] = until_s

    def _add(self, pool: PoolState) -> None:
        members = names(pool)
        for name, free_s in zip(members, pool.free_at_s, strict=True):
            self._free[name] = max(free_s, self._free.get(name, free_s))
        heap = [(self._free[name], name) for name in members]
        heapify(heap)
        self._heaps[pool.name] = heap
        self._asleep[pool.name] = 0 if pool.free_at_s else pool.wakeable
