"""One decision: a copy of the slots in which waiting requests reserve theirs, most urgent first."""

from bisect import bisect_left
from heapq import heapify, heappop, heappush

from scheduler.fleet import Choice, Fleet, take
from scheduler.placing import place
from scheduler.types import Placement, PoolState, Request
from scheduler.waiting import LaneKey, Lanes

Head = tuple[int, float, int, str, int, int]
"""Rank, time, running number, model, index in the lane, requests of the lane left waiting."""


class Plan:
    """Earliest estimated completion in list order, bounded by what is open now.

    ``placements`` collects what may leave now. Nothing is kept from one decision to the next.
    """

    def __init__(
        self, fleet: Fleet, now_s: float, *, lookahead: int, lease_quantile: float
    ) -> None:
        self.placements: list[Placement] = []
        self._fleet = fleet
        self._now_s = now_s
        self._lookahead = lookahead
        self._lease_quantile = lease_quantile
        self._book = fleet.book
        self._open = self._still_open(list(fleet.pools.values()))
        if self._open:
            self._book = fleet.book.copy()
        self._cut_short: set[str] = set()

    def run_urgent(self, waiting: Lanes) -> None:
        """Plans the requests that can be met while an open slot could be of use to one of them."""
        useful = {key: self._useful(key[1], lane[-1][0]) for key, lane in waiting.lanes()}
        heads = _heads(waiting)
        while heads and self._wanted(heads, useful):
            rank, _, _, model, index, waits = heappop(heads)
            lane = waiting.lane((rank, model))
            request = lane[index][2]
            choices = self._fleet.choices(model, self._book, self._now_s)
            if not choices:
                continue
            end_s = min(choices).end_s
            if end_s > request.deadline_s:
                index = bisect_left(lane, (end_s,), lo=index + 1)
            else:
                index += 1
                waits += not self._accept(request, choices)
            if index < len(lane) and waits < self._limit(model):
                heappush(heads, (rank, lane[index][0], lane[index][1], model, index, waits))
            elif index < len(lane):
                self._cut_short.add(model)

    def run_doomed(self, doomed: Lanes) -> None:
        """Gives slots that the plan left idle to the doomed, the earliest expiry first.

        A pool is kept free of them if the plan of one of its models was cut short. A pool at zero
        is woken only for a model that no running pool serves. What would end past its expiry stays.
        """
        heads = _heads(doomed) if self._open else []
        while heads and self._open:
            rank, _, _, model, index, _ = heappop(heads)
            lane = doomed.lane((rank, model))
            choices = sorted(self._idle(model))
            if not choices:
                continue
            request = lane[index][2]
            if choices[0].end_s > request.expiry_s:
                index = bisect_left(lane, (choices[0].end_s,), lo=index + 1)
            else:
                index += 1
                self._place(request, choices, doomed=True)
            if index < len(lane):
                heappush(heads, (rank, lane[index][0], lane[index][1], model, index, 0))

    def _accept(self, request: Request, choices: list[Choice]) -> bool:
        """Places the request, or reserves the slot it waits for and returns False."""
        choices.sort()
        if choices[0].opens_s <= self._now_s:
            self._place(request, choices)
            return True
        take(self._book, choices[0])
        return False

    def _place(self, request: Request, choices: list[Choice], *, doomed: bool = False) -> None:
        self.placements.append(
            place(
                request,
                choices,
                self._now_s,
                self._fleet,
                lease_quantile=self._lease_quantile,
                doomed=doomed,
            )
        )
        take(self._book, choices[0])
        take(self._fleet.book, choices[0])
        self._open = self._still_open(self._open)

    def _idle(self, model: str) -> list[Choice]:
        live = self._fleet.has_live_slot(model)
        return [
            choice
            for choice in self._fleet.choices(model, self._book, self._now_s)
            if choice.opens_s <= self._now_s
            and not (choice.wakes and live)
            and self._cut_short.isdisjoint(choice.pool.models)
        ]

    def _still_open(self, pools: list[PoolState]) -> list[PoolState]:
        now_s, book = self._now_s, self._book
        return [pool for pool in pools if self._fleet.opens_s(pool, book, now_s) <= now_s]

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

    def _limit(self, model: str) -> int:
        slots = sum(max(1, len(pool.free_at_s)) for pool, _ in self._fleet.serving(model))
        return self._lookahead * slots


def _heads(lanes: Lanes) -> list[Head]:
    heads = [(rank, lane[0][0], lane[0][1], model, 0, 0) for (rank, model), lane in lanes.lanes()]
    heapify(heads)
    return heads
