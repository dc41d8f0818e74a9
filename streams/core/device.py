"""When the slots of one device are free, by what its instances list."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heapreplace
from math import inf
from typing import NamedTuple

from functions.schema import Capacity, Held

Answered = Callable[[str, int], bool]
"""Whether an attempt of an identity has reported its end."""
TimesOf = Callable[[str, str], Sequence[float]]
"""Expected seconds in the slot of 1, 2, ... requests together, by pool and model."""


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

    def refresh(self, now_s: float, answered: Answered, times_of: TimesOf) -> bool:
        """Bring the free times up to date; False if nothing has changed."""
        if not self._stale and self.busy_until_s >= now_s:
            return False
        self._stale = False
        self._counts = self._count()
        free = [0.0] * max(self._counts.values(), default=0)
        self.busy_until_s = inf
        if free:
            for start_s, service_s in self._load(answered, times_of):
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

    def _load(self, answered: Answered, times_of: TimesOf) -> list[tuple[float, float]]:
        """Start and service of what is held: what runs by its start, then what queues.

        A batch is one of them: those that run together, and of what queues those that will.
        """
        running: list[tuple[float, float]] = []
        queued: list[tuple[float, float]] = []
        for capacity, append_s in self._reports.values():
            for batch in _running(_open(capacity.running, answered)):
                times = times_of(capacity.pool, batch[0].model)
                start_s = append_s - max(held.elapsed_s for held in batch)
                running.append((start_s, times[min(len(batch), len(times)) - 1]))
            waiting = [held.model for held in _open(capacity.queued, answered)]
            known = {model: times_of(capacity.pool, model) for model in set(waiting)}
            for model, count in _gathered(waiting, known):
                queued.append((append_s, known[model][count - 1]))
        return sorted(running) + queued


def _open(held: Sequence[Held], answered: Answered) -> Iterator[Held]:
    return (one for one in held if not answered(one.identity, one.attempt))


def _running(held: Iterator[Held]) -> list[list[Held]]:
    """What is computed together."""
    batches: dict[object, list[Held]] = {}
    for one in held:
        alone = (one.identity, one.attempt)
        batches.setdefault(one.batch or alone, []).append(one)
    return list(batches.values())


def _gathered(models: Sequence[str], times: Mapping[str, Sequence[float]]) -> list[tuple[str, int]]:
    """The batches that waiting requests of these models will make, each where its first waits."""
    counts: list[int] = []
    opened: dict[str, int] = {}
    found: list[str] = []
    for model in models:
        at = opened.get(model)
        if at is None or counts[at] == len(times[model]):
            opened[model] = len(counts)
            counts.append(1)
            found.append(model)
        else:
            counts[at] += 1
    return list(zip(found, counts, strict=True))


def expected_end(start_s: float, service_s: float, now_s: float) -> float:
    """When a computation is expected to end.

    One that should have ended a while ago is expected to need that while once more, so that a
    stuck instance is not sent one request after the other.
    """
    end_s = start_s + service_s
    return end_s if end_s > now_s else now_s + (now_s - end_s) + 1e-6
