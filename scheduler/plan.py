"""One decision: a copy of the slots in which waiting requests reserve theirs, most urgent first."""

from bisect import bisect_left
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from scheduler.fleet import Choice, Fleet, take
from scheduler.placing import place
from scheduler.types import Placement, PoolState, Request
from scheduler.waiting import Entry, LaneKey, Lanes

Head = tuple[int, float, int, str, int]
"""Rank, time, running number, model, index in the lane."""


class Plan:
    """Earliest estimated completion in list order, bounded by what is open now.

    ``placements`` collects what may leave now. Nothing is kept from one decision to the next.

    The first ``lookahead`` requests that have to wait are planned one by one. Deeper in the queue
    groups are planned at once, as one long run each: one request and a ``lookahead``-th of those
    that wait before it. So n requests cost in the order of lookahead x log(n / lookahead) steps;
    the price is that a group is not asked one by one whether it can still be met.
    """

    def __init__(
        self,
        fleet: Fleet,
        now_s: float,
        *,
        lookahead: int,
        lease_quantile: float,
        most_bytes: int = 0,
    ) -> None:
        """``most_bytes``: of the largest payload that waits, where payloads take time."""
        self.placements: list[Placement] = []
        self._fleet = fleet
        self._now_s = now_s
        self._lookahead = lookahead
        self._lease_quantile = lease_quantile
        self._book = fleet.book
        self._most_bytes = most_bytes
        self._open = self._still_open(list(fleet.pools.values()))
        if self._open:
            self._book = fleet.book.copy()
        self._waits = 0

    def run_urgent(self, waiting: Lanes) -> None:
        """Plans the requests that can be met while an open slot could be of use to one of them."""
        useful = {key: self._useful(key[1], lane[-1][0]) for key, lane in waiting.lanes()}
        heads = _heads(waiting)
        while heads and self._wanted(heads, useful):
            rank, _, _, model, index = heappop(heads)
            lane = waiting.lane((rank, model))
            choices = self._choices(lane[index][2])
            if not choices:
                continue
            if choices[0].end_s > lane[index][0]:
                index = bisect_left(lane, (self._soonest_s(model, choices),), lo=index + 1)
            elif choices[0].opens_s <= self._now_s:
                self._place(lane[index][2], choices)
                index += 1
            else:
                index += self._reserve(choices, len(lane) - index)
            _push(heads, rank, model, lane, index)

    def run_doomed(self, doomed: Lanes) -> None:
        """Gives slots that the plan left idle to the doomed, the earliest expiry first.

        A pool at zero is woken only for a model that no running pool serves. What would end past
        its expiry stays.
        """
        heads = _heads(doomed) if self._open else []
        while heads and self._open:
            rank, _, _, model, index = heappop(heads)
            lane = doomed.lane((rank, model))
            request = lane[index][2]
            choices = sorted(self._idle(request))
            if not choices:
                continue
            if choices[0].end_s > request.expiry_s:
                index = bisect_left(lane, (self._soonest_s(model, choices),), lo=index + 1)
            else:
                index += 1
                self._place(request, choices, doomed=True)
            _push(heads, rank, model, lane, index)

    def _reserve(self, choices: list[Choice], most: int) -> int:
        """Reserves the slot that the next requests of a lane wait for; returns how many.

        A group never grows past the point where an open slot answers its next request earlier.
        """
        best = choices[0]
        group = min(most, 1 + self._waits // self._lookahead)
        for choice in choices:
            if choice.opens_s <= self._now_s:
                group = min(group, 1 + int((choice.end_s - best.end_s) / best.service_s))
        self._book.take(best.pool, best.slot, best.start_s + group * best.service_s)
        self._waits += group
        return group

    def _place(self, request: Request, choices: list[Choice], *, doomed: bool = False) -> None:
        self.placements.append(
            place(
                request,
                choices,
                self._now_s,
                self._fleet.estimator,
                lease_quantile=self._lease_quantile,
                doomed=doomed,
            )
        )
        take(self._book, choices[0])
        take(self._fleet.book, choices[0])
        self._open = self._still_open(self._open)

    def _choices(self, request: Request) -> list[Choice]:
        size = request.size_bytes
        return sorted(self._fleet.choices(request.model, self._book, self._now_s, size))

    def _soonest_s(self, model: str, choices: Sequence[Choice]) -> float:
        """When the answer to any request of the model can be there, whatever its payload."""
        if not self._fleet.linked:
            return choices[0].end_s
        ends = [c.end_s for c in self._fleet.choices(model, self._book, self._now_s)]
        return min(ends)

    def _idle(self, request: Request) -> list[Choice]:
        live = self._fleet.has_live_slot(request.model)
        return [
            choice
            for choice in self._choices(request)
            if choice.opens_s <= self._now_s and not (choice.wakes and live)
        ]

    def _still_open(self, pools: list[PoolState]) -> list[PoolState]:
        now_s, book, most = self._now_s, self._book, self._most_bytes
        return [pool for pool in pools if self._fleet.opens_s(pool, book, now_s, most) <= now_s]

    def _useful(self, model: str, last_deadline_s: float) -> frozenset[str]:
        """The open pools that would meet the latest deadline of a lane."""
        opened = {pool.name for pool in self._open}
        if not opened:
            return frozenset()
        return frozenset(
            choice.pool_name
            for choice in self._fleet.choices(model, self._book, self._now_s)
            if choice.pool_name in opened and choice.end_s <= last_deadline_s
        )

    def _wanted(self, heads: list[Head], useful: dict[LaneKey, frozenset[str]]) -> bool:
        return any(pool.name in useful[head[0], head[3]] for pool in self._open for head in heads)


def _heads(lanes: Lanes) -> list[Head]:
    heads = [(rank, lane[0][0], lane[0][1], model, 0) for (rank, model), lane in lanes.lanes()]
    heapify(heads)
    return heads


def _push(heads: list[Head], rank: int, model: str, lane: list[Entry], index: int) -> None:
    """Puts a lane back at ``index``, unless that is its end."""
    if index < len(lane):
        heappush(heads, (rank, lane[index][0], lane[index][1], model, index))
