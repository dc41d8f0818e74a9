"""Baselines as a few lines over arrays: no class of `scheduler` is used, nothing is learned.

All times in seconds. Instances are numbered in file order; ``seconds[m][k]`` is the profile of
model ``m`` on instance ``k`` (infinite: not served), and a request takes ``work`` times that. At
one instant ends come before arrivals.
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """Requests in order of arrival, and the instances."""

    arrival: list[float]
    model: list[int]
    qos: list[float]
    work: list[float]
    seconds: list[list[float]]

    @property
    def instances(self) -> range:
        """The numbers of the instances."""
        return range(len(self.seconds[0]))

    def deadline(self, j: int) -> float:
        """When request ``j`` should have ended."""
        return self.arrival[j] + self.qos[j]

    def expected(self, j: int, k: int) -> float:
        """What the profile says of request ``j`` on instance ``k``."""
        return self.seconds[self.model[j]][k]


def violations(case: Case, end: list[float]) -> float:
    """The share of requests that ended too late."""
    return sum(end[j] > case.deadline(j) for j in range(len(end))) / len(end)


def round_robin(case: Case) -> list[float]:
    """The next request to the next instance that serves it; first come first served there."""
    free = [0.0 for _ in case.instances]
    end, turn = [], 0
    for j, arrival in enumerate(case.arrival):
        while case.expected(j, turn % len(free)) == inf:
            turn += 1
        k = turn % len(free)
        turn += 1
        free[k] = max(free[k], arrival) + case.work[j] * case.expected(j, k)
        end.append(free[k])
    return end


class Bench:
    """Instances that run one request at a time; a rule says what happens at arrivals and ends."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.end = [inf] * len(case.arrival)
        self.busy: set[int] = set()
        self.believed = [0.0 for _ in case.instances]
        self._running: list[tuple[float, int]] = []

    def arrived(self, j: int, now: float) -> None:
        """Request ``j`` is there."""
        raise NotImplementedError

    def freed(self, k: int, now: float) -> None:
        """Instance ``k`` is free."""
        raise NotImplementedError

    def rest(self, k: int, now: float) -> float:
        """What the run on ``k`` should still take by its profile."""
        return max(0.0, self.believed[k] - now) if k in self.busy else 0.0

    def run(self, j: int, k: int, now: float) -> None:
        """Start ``j`` on ``k``."""
        self.believed[k] = now + self.case.expected(j, k)
        self.end[j] = now + self.case.work[j] * self.case.expected(j, k)
        heappush(self._running, (self.end[j], k))
        self.busy.add(k)

    def play(self) -> list[float]:
        """Everything in order of time; when each request ends."""
        for j, arrival in enumerate(self.case.arrival):
            self._until(arrival)
            self.arrived(j, arrival)
        self._until(inf)
        return self.end

    def _until(self, time: float) -> None:
        while self._running and self._running[0][0] <= time:
            now, k = heappop(self._running)
            self.busy.discard(k)
            self.freed(k, now)


class SloMael(Bench):
    """Bound at arrival to the best score; an instance takes the least slack of its queue."""

    def __init__(self, case: Case, *, doomed_last: bool = False) -> None:
        super().__init__(case)
        self._queues: list[list[int]] = [[] for _ in case.instances]
        self._doomed_last = doomed_last

    def arrived(self, j: int, now: float) -> None:
        """To the first instance with the best score."""
        serving = [k for k in self.case.instances if self.case.expected(j, k) < inf]
        chosen = max(serving, key=lambda k: self._score(j, k, now))
        self._queues[chosen].append(j)
        if chosen not in self.busy:
            self.freed(chosen, now)

    def freed(self, k: int, now: float) -> None:
        """The late after all others, in the order of becoming late."""
        queue = self._queues[k]
        if queue:
            j = min(queue, key=lambda j: self._order(j, k, now))
            queue.remove(j)
            self.run(j, k, now)

    def _late(self, j: int, k: int, now: float) -> bool:
        return self._doomed_last and self.case.deadline(j) < now + self.case.expected(j, k)

    def _score(self, j: int, k: int, now: float) -> float:
        case, queue = self.case, self._queues[k]
        waits = sum(case.expected(i, k) for i in queue if not self._late(i, k, now))
        e = self.rest(k, now) + waits + case.expected(j, k)
        return 1 / e if e <= case.qos[j] else -e / case.qos[j]

    def _order(self, j: int, k: int, now: float) -> tuple[bool, float]:
        latest = self.case.deadline(j) - self.case.expected(j, k)
        late = self._late(j, k, now)
        return (late, max(self.case.arrival[j], latest) if late else latest)


class Kairos(Bench):
    """Matched at each event while an instance idles; the pairs on idle instances start."""

    def __init__(self, case: Case, *, seed: int = 0, safeguard: float = 0.02) -> None:
        super().__init__(case)
        self._table = np.array(case.seconds)
        ratio = self._table.min(axis=1, keepdims=True) / self._table
        self._coefficient = np.nanmean(np.where(ratio > 0, ratio, np.nan), axis=0)
        self._kept = 1 - safeguard
        self._draws = np.random.default_rng(seed) if seed else None
        self._queue: list[int] = []

    def arrived(self, j: int, now: float) -> None:
        """Match."""
        self._queue.append(j)
        self._match(now)

    def freed(self, k: int, now: float) -> None:
        """Match."""
        self._match(now)

    def _match(self, now: float) -> None:
        if not self._queue or len(self.busy) == len(self.believed):
            return
        head = self._queue[: 2 * len(self.believed)]
        rows, columns = np.arange(len(head)), np.arange(len(self.believed))
        if self._draws is not None:
            rows, columns = self._draws.permutation(rows), self._draws.permutation(columns)
        cost = self._cost(head, now)[np.ix_(rows, columns)]
        for row, column in zip(*linear_sum_assignment(cost), strict=True):
            j, k = head[rows[row]], int(columns[column])
            if k not in self.busy and self.case.expected(j, k) < inf:
                self._queue.remove(j)
                self.run(j, k, now)

    def _cost(self, head: list[int], now: float) -> Array:
        case = self.case
        rest = np.array([self.rest(k, now) for k in case.instances])
        waited = np.array([now - case.arrival[j] for j in head])[:, None]
        qos = np.array([case.qos[j] for j in head])[:, None]
        latency = rest + self._table[[case.model[j] for j in head]]
        met = waited + latency <= self._kept * qos
        cost = self._coefficient * np.where(met, latency, 10 * qos)
        return np.where(np.isfinite(latency), cost, 1e9)
