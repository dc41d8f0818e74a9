"""When the slots of one device are free, by what its instances list."""

from collections.abc import Callable
from heapq import heapreplace
from math import inf
from typing import NamedTuple

from functions.schema import Capacity, Held

Answered = Callable[[str, int], bool]
"""Whether an attempt of an identity has reported its end."""
ServiceOf = Callable[[str, Held], float]
"""Expected seconds in the slot, by pool and what is held."""


class _Report(NamedTuple):
    capacity: Capacity
    append_s: float


class Device:
    """Slots shared by the pools that run on one device.

    Instances of one pool add up; the device has as many slots as its largest pool.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._reports: dict[str, _Report] = {}
        self._counts: dict[str, int] = {}
        self._free_s: list[float] = []
        self.busy_until_s = inf
        """When the first of what is listed is expected to end."""
        self._stale = False

    def __len__(self) -> int:
        """How many instances it has."""
        return len(self._reports)

    @property
    def pools(self) -> set[str]:
        """The pools that have an instance here."""
        return {report.capacity.pool for report in self._reports.values()}

    def report(self, capacity: Capacity, append_s: float) -> None:
        """What an instance holds now."""
        self._reports[capacity.instance] = _Report(capacity, append_s)
        self.touch()

    def gone(self, instance: str) -> None:
        """An instance is no more."""
        self._reports.pop(instance, None)
        self.touch()

    def touch(self) -> None:
        """Something that is listed has ended."""
        self._stale = True

    def refresh(self, now_s: float, answered: Answered, service_of: ServiceOf) -> bool:
        """Bring the free times up to date; False if nothing has changed."""
        if not self._stale and self.busy_until_s >= now_s:
            return False
        self._stale = False
        self._counts = self._count()
        free = [0.0] * max(self._counts.values(), default=0)
        self.busy_until_s = inf
        if free:
            for start_s, service_s in self._load(answered, service_of):
                end_s = expected_end(max(start_s, free[0]), service_s, now_s)
                heapreplace(free, end_s)
                self.busy_until_s = min(self.busy_until_s, end_s)
        self._free_s = sorted(free)
        return True

    def slots(self, pool: str) -> list[tuple[float, str]]:
        """Free time (seconds; 0: idle) and name of the slots that ``pool`` can use."""
        count = self._counts.get(pool, 0)
        return [(free_s, f"{self.name}#{i}") for i, free_s in enumerate(self._free_s[:count])]

    def _count(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for report in self._reports.values():
            capacity = report.capacity
            if capacity.state == "ready":
                counts[capacity.pool] = counts.get(capacity.pool, 0) + max(0, capacity.slots)
        return counts

    def _load(self, answered: Answered, service_of: ServiceOf) -> list[tuple[float, float]]:
        """Start and service of what is held: what runs by its start, then what queues."""
        running: list[tuple[float, float]] = []
        queued: list[tuple[float, float]] = []
        for capacity, append_s in self._reports.values():
            for into, held_there in ((running, capacity.running), (queued, capacity.queued)):
                for held in held_there:
                    if answered(held.identity, held.attempt):
                        continue
                    start_s = append_s - held.elapsed_s if into is running else 0.0
                    into.append((start_s, service_of(capacity.pool, held)))
        return sorted(running) + queued


def expected_end(start_s: float, service_s: float, now_s: float) -> float:
    """When a computation is expected to end.

    One that should have ended a while ago is expected to need that while once more, so that a
    stuck instance is not sent one request after the other.
    """
    end_s = start_s + service_s
    return end_s if end_s > now_s else now_s + (now_s - end_s) + 1e-6
