"""KAIROS: the head of the queue is matched to idle and busy slots at the least weighted latency."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, ClassVar, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from scheduler.baseline import KeepingParameters
from scheduler.estimator import Estimator
from scheduler.late import LateBinding
from scheduler.slots import ASLEEP, names
from scheduler.types import Completion, Placement, PoolState, Request

PENALTY = 10.0
"""A match that would be late counts as so many times the QoS."""
HEAD = 2
"""So many requests per slot are matched, the first of the queue."""

Table = NDArray[np.float64]


class KairosParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""

    safeguard: Annotated[float, msgspec.Meta(ge=0, lt=1, description="a share from 0 to 1")] = 0.02
    """A match counts as late when less than this share of the QoS would be left."""
    tie_seed: Annotated[int, msgspec.Meta(ge=0, description="a whole number from 0")] = 0
    """Rows and columns are shuffled by this seed, to see what ties decide; 0: file order."""


class Column(NamedTuple):
    """A slot to match: when it is free (seconds)."""

    pool: PoolState
    slot: str
    free_s: float
    open: bool


class KairosPolicy(LateBinding):
    """Matches requests and slots so that the weighted sum of latencies is least.

    Source: KAIROS of B. Li, S. Samsi, V. Gadepally, D. Tiwari, KAIROS: Building Cost-Efficient
    Machine Learning Inference Systems with Heterogeneous Cloud Resources, HPDC 2023.

    Rule: with S slots, idle or busy, and the first 2 S requests of the queue in order of arrival::

        min sum of C(k) L'(j, k) over one-to-one matches of requests j and slots k
        L(j, k) = rest of the run on k + r(j, k)
        L'(j, k) = L(j, k) if waited(j) + L(j, k) <= (1 - safeguard) QoS(j), else 10 QoS(j)
        C(k) = mean over models m of (least r(m, .) / r(m, k))

    What is matched with an idle slot starts; the rest is matched anew next time.

    Decided here: the source has one model in several batch sizes and takes C from the largest;
    with several models it is the mean over those that the slot serves. QoS is deadline - arrival. A
    slot that does not serve the model costs more than all other matches together, and such a match
    is dropped; requests that no slot serves are not among the 2 S. A pool at zero has a column for
    each slot that may be woken, free after its cold start and idle. With ``doomed: last`` what
    would be late even with all slots free is not among the 2 S; it runs on idle slots that the
    matching left (`scheduler.late`). Where the round trip is longer than a run, so that a slot may
    take several at once, it is matched again until it is full.

    Inputs: estimates, believed free times, deadlines. A decision costs O(S^3) at worst.
    """

    name: ClassVar[str] = "kairos"
    merit: ClassVar[str] = "is matched at the least weighted latency"

    def __init__(self, estimator: Estimator, parameters: KairosParameters) -> None:
        super().__init__(estimator, parameters)
        self._parameters = parameters
        self._draws = np.random.default_rng(parameters.tie_seed) if parameters.tie_seed else None
        self._coefficients: dict[object, Table] = {}
        """By the pools that have columns and what they serve."""

    def completed(self, completion: Completion, now_s: float) -> None:
        """Corrects the estimates."""
        super().completed(completion, now_s)
        if self.learns:
            self._coefficients.clear()

    def start(self, now_s: float) -> Iterator[Placement]:
        """Starts what is matched with an idle slot."""
        while started := self._round(now_s):
            yield from started
            if not any(self._still_open(placement, now_s) for placement in started):
                break

    def _round(self, now_s: float) -> list[Placement]:
        columns = self._columns(now_s)
        if not self.queue or not any(column.open for column in columns):
            return []
        head = self._head(columns)
        return [
            self._start(head[row], columns[at], now_s)
            for row, at in self._matches(head, columns, now_s)
            if columns[at].open and self._takes(columns[at], head[row], now_s)
        ]

    def _still_open(self, placement: Placement, now_s: float) -> bool:
        """Whether the slot may take one more at once, the way being longer than the run."""
        pool, most = self.fleet.pools[placement.pool], self.largest(self.queue.values())
        return placement.slot != ASLEEP and self.is_open(pool, placement.slot, now_s, most)

    def _takes(self, column: Column, request: Request, now_s: float) -> bool:
        return self.is_open(column.pool, column.slot, now_s, request.size_bytes)

    def _columns(self, now_s: float) -> list[Column]:
        found, most = [], self.largest(self.queue.values())
        for pool in self.fleet.pools.values():
            for slot in names(pool):
                opened = self.is_open(pool, slot, now_s, most)
                found.append(Column(pool, slot, self.free_s(slot, now_s), opened))
            woken = Column(pool, ASLEEP, now_s + pool.cold_start_s, open=True)
            found += [woken] * self.fleet.book.asleep(pool)
        return found

    def _head(self, columns: Sequence[Column]) -> list[Request]:
        served = frozenset[str]().union(*(column.pool.models for column in columns))
        fitting = (request for request in self.queue.values() if request.model in served)
        return list(islice(fitting, HEAD * len(columns)))

    def _matches(
        self, head: Sequence[Request], columns: Sequence[Column], now_s: float
    ) -> list[tuple[int, int]]:
        if not head:
            return []
        costs, served = self._costs(head, columns, now_s)
        rows, order = np.arange(len(head)), np.arange(len(columns))
        if self._draws is not None:
            rows, order = self._draws.permutation(rows), self._draws.permutation(order)
        found = linear_sum_assignment(costs[np.ix_(rows, order)])
        pairs = [(int(rows[row]), int(order[at])) for row, at in zip(*found, strict=True)]
        return sorted(pair for pair in pairs if served[pair])

    def _costs(
        self, head: Sequence[Request], columns: Sequence[Column], now_s: float
    ) -> tuple[Table, NDArray[np.bool_]]:
        """Weighted latencies by request and slot, and which of them the slot serves."""
        kinds = [(r.model, r.size_bytes if self.fleet.linked else 0) for r in head]
        row_of = {kind: self._latencies(*kind, columns, now_s) for kind in set(kinds)}
        latency_s = np.array([row_of[kind] for kind in kinds])
        waited_s = np.array([now_s - request.arrival_s for request in head])[:, None]
        # equal budgets, as they were before they were made deadlines, are to cost the same
        qos_s = np.array([round(r.deadline_s - r.arrival_s, 9) for r in head])[:, None]
        served = np.isfinite(latency_s)
        met = waited_s + latency_s <= (1 - self._parameters.safeguard) * qos_s
        costs = np.where(met, latency_s, PENALTY * np.maximum(0.0, qos_s))
        costs *= self._coefficient(columns)
        barred = (1.0 + costs.max()) * (1 + min(costs.shape))
        return np.where(served, costs, barred), served

    def _latencies(
        self, model: str, size: int, columns: Sequence[Column], now_s: float
    ) -> list[float]:
        """Seconds until the answer of each slot; infinite where it does not serve the model."""
        service_s = {pool.name: seconds for pool, seconds in self.fleet.serving(model)}
        return [
            max(free_s - now_s, pool.there_s(size))
            + service_s.get(pool.name, np.inf)
            + pool.hop_s / 2
            for pool, _, free_s, _ in columns
        ]

    def _coefficient(self, columns: Sequence[Column]) -> Table:
        """C by column, computed anew when pools or estimates change."""
        shape = tuple([(c.pool.name, c.pool.configuration, c.pool.models) for c in columns])
        if shape not in self._coefficients:
            means = self._mean_ratios({column.pool.name: column.pool for column in columns})
            self._coefficients = {shape: np.array([means[name] for name, _, _ in shape])}
        return self._coefficients[shape]

    def _mean_ratios(self, pools: Mapping[str, PoolState]) -> dict[str, float]:
        ratios: dict[str, list[float]] = {name: [] for name in pools}
        for model in sorted({model for pool in pools.values() for model in pool.models}):
            found = [(p.name, s) for p, s in self.fleet.serving(model) if p.name in pools]
            best_s = min(seconds for _, seconds in found)
            for name, seconds in found:
                ratios[name].append(best_s / seconds)
        return {name: float(np.mean(all_)) if all_ else 1.0 for name, all_ in ratios.items()}

    def _start(self, request: Request, column: Column, now_s: float) -> Placement:
        self.leave(request.key)
        size = request.size_bytes
        choice = self.choice(request.model, column.pool, column.slot, now_s, size)
        return self.place(request, choice, now_s, late=False)
