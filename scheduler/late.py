"""Policies that bind a request to a slot only when the slot is open for it."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile
from typing import ClassVar

from scheduler.baseline import Baseline, BaselineParameters
from scheduler.estimator import Estimator
from scheduler.types import Placement, PoolState, Request
from scheduler.waiting import Lanes


class LateBinding(Baseline):
    """Keeps all requests in one queue; a policy says with `start` which of them leave now.

    With ``doomed: last``, or if the policy `rejects`, what would be late even with all slots free
    leaves the queue for ``late``. From there, in the order of becoming late, each request goes to
    the slot that answers first of those that are still open after `start`. A pool that is new or
    woke up may save what is late: all of it queues again.
    """

    rejects: ClassVar[bool] = False

    def __init__(self, estimator: Estimator, parameters: BaselineParameters) -> None:
        super().__init__(estimator, parameters)
        self.queue: dict[str, Request] = {}
        """In order of arrival."""
        self.lanes = Lanes(lambda request: request.deadline_s, lambda _: 0)
        """The same requests by model and deadline."""
        self.late: dict[str, Request] = {}

    @abstractmethod
    def start(self, now_s: float) -> Iterator[Placement]:
        """Places what is to leave now; calls `leave` for each."""

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Replaces the pools."""
        self.now_s = now_s
        if self.fleet.replace(pools) and self.late:
            again = sorted([*self.queue.values(), *self.late.values()], key=lambda r: r.arrival_s)
            self.late.clear()
            self.queue.clear()
            for request in again:
                self._add(request)

    def arrived(self, request: Request, now_s: float) -> None:
        """Takes a request to the end of the queue, in place of one of the same key."""
        self.withdrawn(request.key, now_s)
        self._add(request)

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forgets a request."""
        self.now_s = now_s
        self.leave(key)
        self.late.pop(key, None)

    def leave(self, key: str) -> None:
        """Takes a request out of the queue; unknown keys are ignored."""
        if self.queue.pop(key, None) is not None:
            self.lanes.remove(key)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Starts what the policy says, then what is late on slots that would be idle."""
        self.now_s = now_s
        if self.doomed_last or self.rejects:
            self._set_aside(now_s)
        placements = list(self.start(now_s))
        if self.late and not self.drops:
            for placement in self._fill(now_s):
                del self.late[placement.key]
                placements.append(placement)
        return placements

    def wake_at_s(self) -> float | None:
        """When the next slot opens that serves a waiting model."""
        heads = (lane[0][2] for _, lane in self.lanes.lanes())
        waiting = self.queue.values() if self.fleet.linked else heads
        payloads = self.payloads(chain(waiting, self.late.values()))
        return min(self.opening_s(payloads), default=None)

    def doomed(self, now_s: float) -> Sequence[str]:
        """Keys of the waiting requests that would be late even with all slots free."""
        late = [key for key, request in self.queue.items() if self.hopeless(request, now_s)]
        return [*self.late, *late]

    def _fill(self, now_s: float) -> Iterator[Placement]:
        late = list(self.late.values())
        most = self.largest(late)
        some = takewhile(lambda _: self.any_open(now_s, most), late)
        return self.fill(some, lambda _: True, now_s)

    def _add(self, request: Request) -> None:
        self.queue[request.key] = request
        self.lanes.add(request)

    def _set_aside(self, now_s: float) -> None:
        late: list[tuple[float, Request]] = []
        for key, lane in list(self.lanes.lanes()):
            best_s = self.fleet.best_latency_s(key[1])
            if best_s is not None and lane[0][0] < now_s + best_s:
                cut = self.lanes.cut_before(key, now_s + best_s)
                late += [(request.deadline_s - best_s, request) for request in cut]
        if self.fleet.linked:
            waiting = [request for _, lane in self.lanes.lanes() for _, _, request in lane]
            late += [(r.deadline_s, r) for r in waiting if self.hopeless(r, now_s)]
        for _, request in sorted(late, key=lambda item: item[0]):
            self.leave(request.key)
            self.late[request.key] = request
