"""The bounded queue: earliest deadline first, batches of one model, nothing past its use. Pure."""

import heapq
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from functions.engine.job import Job, RefusedError


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What to do now: run ``batch``, or look again at ``again_s``; drop ``skipped`` either way."""

    batch: tuple[Job, ...] = ()
    skipped: tuple[Job, ...] = ()
    again_s: float | None = None


class Queue:
    """Jobs by deadline.

    ``largest`` gives the largest batch of a model, ``service_s`` the time one is expected to take.
    """

    def __init__(
        self,
        limit: int,
        largest: Callable[[str], int],
        service_s: Callable[[str], float],
        batch_wait_s: float = 0.0,
        mates_wait_s: float = 0.0,
    ) -> None:
        self._limit, self._largest, self._service_s = limit, largest, service_s
        self._batch_wait_s, self._mates_wait_s = batch_wait_s, mates_wait_s
        self._heap: list[tuple[float, int, Job]] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._heap)

    def offer(self, job: Job) -> None:
        """Let a job wait.

        Raises:
            RefusedError: the queue is full.
        """
        if len(self._heap) >= self._limit:
            raise RefusedError(f"queue full: {self._limit} requests wait", after_s=0.1)
        heapq.heappush(self._heap, (job.deadline_s, next(self._order), job))

    def take(self, now_s: float) -> Taken:
        """The batch to run now, led by the earliest deadline among those that need not wait.

        A batch waits for company at most ``batch_wait_s`` from its oldest member's arrival, for
        those that were sent to be computed with it ``mates_wait_s``, and never past the latest
        start that still meets a member's deadline.
        """
        skipped = []
        while self._heap and self._heap[0][2].useless_after_s <= now_s:
            skipped.append(heapq.heappop(self._heap)[2])
        if not self._heap:
            return Taken(skipped=tuple(skipped))
        again_s = math.inf
        for head in self._heads(now_s):
            batch = self._company(head, now_s)
            wait_until_s = self._wait_until(batch)
            if wait_until_s <= now_s:
                self._remove(batch)
                return Taken(batch=tuple(batch), skipped=tuple(skipped))
            again_s = min(again_s, wait_until_s)
        return Taken(skipped=tuple(skipped), again_s=None if again_s == math.inf else again_s)

    def _heads(self, now_s: float) -> list[Job]:
        """Of each model and kind of work the job with the earliest deadline, in that order."""
        heads: dict[object, Job] = {}
        for _, _, job in sorted(self._heap, key=lambda entry: entry[:2]):
            if job.useless_after_s > now_s:
                heads.setdefault(_kind(job), job)
        return list(heads.values())

    def _remove(self, batch: Sequence[Job]) -> None:
        chosen = set(map(id, batch))
        self._heap = [entry for entry in self._heap if id(entry[2]) not in chosen]
        heapq.heapify(self._heap)

    def _company(self, head: Job, now_s: float) -> list[Job]:
        largest = self._largest(head.model)
        if largest == 1:
            return [head]
        same = (
            job
            for _, _, job in sorted(self._heap, key=lambda entry: entry[:2])
            if _kind(job) == _kind(head) and job.useless_after_s > now_s
        )
        return list(itertools.islice(same, largest))

    def _wait_until(self, batch: list[Job]) -> float:
        model, together = batch[0].model, max(job.together for job in batch)
        largest = self._largest(model)
        if len(batch) >= (min(largest, together) if together > 1 else largest):
            return 0.0
        wait_s = max(self._batch_wait_s, self._mates_wait_s if together > 1 else 0.0)
        company_s = min(job.arrived_s for job in batch) + wait_s
        latest_s = min(job.deadline_s for job in batch) - self._service_s(model)
        return min(company_s, latest_s)


def _kind(job: Job) -> tuple[str, type]:
    return job.model, type(job.work)
