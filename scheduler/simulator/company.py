"""Several workers on the same pools: each request is one worker's, all of them know of all."""

from collections.abc import Sequence
from zlib import crc32

from scheduler.simulator.agenda import HEARD, Agenda
from scheduler.simulator.counter import Asked, Counter
from scheduler.simulator.desk import Desk, Share
from scheduler.simulator.instances import Batch, Sent
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload

_WAITS = 2
"""A claim is waited for so many times as long as one takes: its worker may have heard late too."""
_LEAST_S = 1e-4


def worker_of(request: int, workers: int) -> int:
    """Whose a request is, by its key."""
    return crc32(str(request).encode()) % workers


def share(scenario: Scenario, counter: Counter, worker: int) -> Share | None:
    """What is a worker's own among all requests; None: everything."""
    if scenario.workers == 1:
        return None
    return Share(
        mine=lambda request: worker_of(request, scenario.workers) == worker,
        hold=lambda request, placement, now_s: counter.hold(worker, request, placement, now_s),
        doubt_s=_WAITS * scenario.claim_s + _LEAST_S,
    )


class Company:
    """The desks of several workers as one."""

    def __init__(
        self,
        scenario: Scenario,
        workload: Workload,
        desks: Sequence[Desk],
        counter: Counter,
        agenda: Agenda,
    ) -> None:
        self._desks = desks
        self._counter = counter
        self._agenda = agenda
        self._claim_s = scenario.claim_s
        self._arrival_s: list[float] = workload.arrival_s.tolist()

    @property
    def wake_s(self) -> float:
        """When the first of their policies wants to be asked again."""
        return min(desk.wake_s for desk in self._desks)

    def arrive(self, request: int) -> None:
        """A request waits at its worker."""
        self._of(request).arrive(request)
        self._spread(request, self._arrival_s[request])

    def again(self, request: int, attempt: int, now_s: float) -> None:
        """A request waits once more, unless it has expired."""
        self._of(request).again(request, attempt, now_s)
        self._spread(request, now_s)

    def expire(self, request: int) -> None:
        """A request that still waits is of no use any more."""
        for desk in self._desks:
            desk.expire(request)

    def reported(self, batch: Batch, now_s: float) -> None:
        """An answer is back."""
        for sent in batch.sent:
            self._counter.over(sent.slot, sent.request)
        for desk in self._desks:
            desk.reported(batch, now_s)

    def dropped(self, sent: Sent, now_s: float) -> None:
        """An instance has skipped what had expired."""
        self._counter.over(sent.slot, sent.request)
        for desk in self._desks:
            desk.dropped(sent, now_s)

    def heard(self, request: int, now_s: float) -> None:
        """The others learn that a request waits at its worker."""
        mine = self._of(request)
        for desk in self._desks:
            if desk is not mine:
                desk.again(request, 1, now_s)

    def claimed(self, asked: Asked, now_s: float) -> None:
        """A claim is read: the placement leaves, or its request waits again."""
        others = [desk for number, desk in enumerate(self._desks) if number != asked.worker]
        for desk in others:
            desk.doubt(asked.request)
            desk.expire(asked.request)
        if not self._counter.answer(asked, now_s):
            self.again(asked.request, asked.placement.attempt, now_s)
            return
        for desk in others:
            desk.expire(asked.request)

    def talk(self, now_s: float) -> None:
        """One worker after the other."""
        for desk in self._desks:
            desk.talk(now_s)

    def _of(self, request: int) -> Desk:
        return self._desks[worker_of(request, len(self._desks))]

    def _spread(self, request: int, now_s: float) -> None:
        if self._claim_s > 0:
            self._agenda.add(now_s + self._claim_s, HEARD, request)
        else:
            self.heard(request, now_s)
