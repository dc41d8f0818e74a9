"""One machine: what it computes and what waits at it."""

from heapq import heapify, heappop, heappush
from typing import NamedTuple

from scheduler.simulator.truth import Truth


class Sent(NamedTuple):
    """A request on its way through a pool to a slot."""

    request: int
    pool: int
    slot: int
    latest_s: float
    """When its answer is due at the latest, as the policy said."""


class Batch(NamedTuple):
    """What an instance computes: all requests end together."""

    sent: list[Sent]
    pool: int
    slot: int
    start_s: float
    service_s: float


class Instance:
    """Computes one batch at a time; what has reached it waits in order of deadline."""

    __slots__ = ("out", "queue", "ready_s", "running", "slot")

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.queue: list[tuple[float, int, Sent]] = []
        """By deadline, of equals by the number of the request."""
        self.running: Batch | None = None
        self.out = 0
        """How many outages it is in."""
        self.ready_s = 0.0
        """When it has woken."""

    def wait(self, deadline_s: float, sent: Sent) -> None:
        """A request has reached it."""
        heappush(self.queue, (deadline_s, sent.request, sent))

    def begin(self, truth: Truth, now_s: float) -> Batch:
        """Closes a batch: the first that waits and those of its model and pool, by deadline."""
        first = heappop(self.queue)[2]
        batch = [first]
        if self.queue:
            largest = len(truth.times[truth.model[first.request]][first.pool])
            if largest > 1:
                batch += self._alike(first, truth, largest - 1)
        service_s = truth.service_s([one.request for one in batch], first.pool, self.slot, now_s)
        self.running = Batch(batch, first.pool, self.slot, now_s, service_s)
        return self.running

    def drop(self) -> None:
        """Forgets the first that waits."""
        heappop(self.queue)

    def stop(self) -> list[Sent]:
        """It is out: all that ran or waited here is lost."""
        lost = [*(self.running.sent if self.running else ()), *[one for _, _, one in self.queue]]
        self.running = None
        self.queue.clear()
        return lost

    def _alike(self, first: Sent, truth: Truth, most: int) -> list[Sent]:
        """Takes out what can be computed with the first."""
        model = truth.model[first.request]
        alike = [
            waiting
            for waiting in sorted(self.queue)
            if waiting[2].pool == first.pool and truth.model[waiting[1]] == model
        ][:most]
        self.queue = [waiting for waiting in self.queue if waiting not in alike]
        heapify(self.queue)
        return [one for _, _, one in alike]
