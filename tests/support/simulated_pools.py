"""A tiny event-driven world of pools, to see what a policy makes of a stream of requests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import count

from scheduler.policy import Policy
from scheduler.types import Completion, Placement, PoolState, Request

Service = Callable[[Request, str], float]
"""The true time in seconds that a request takes on a pool; the policy never sees it."""


@dataclass
class Slot:
    """Runs its queue in order; ``expected`` holds the predicted times not yet completed."""

    free_s: float = 0.0
    believed_s: float = 0.0
    expected: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """When and where a request was answered."""

    request: Request
    pool: str
    end_s: float

    @property
    def met(self) -> bool:
        """In time."""
        return self.end_s <= self.request.deadline_s


class World:
    """Plays requests against a policy on pools given by their idle state."""

    def __init__(self, policy: Policy, pools: Sequence[PoolState], service: Service) -> None:
        self.answers: list[Answer] = []
        self.decisions = 0
        self._policy = policy
        self._pools = {pool.name: pool for pool in pools}
        self._slots = {pool.name: [Slot() for _ in pool.free_at_s] for pool in pools}
        self._service = service
        self._requests: dict[str, Request] = {}
        self._numbers = count()
        self._events: list[tuple[float, int, Callable[[float], None]]] = []

    def run(self, requests: Sequence[Request]) -> list[Answer]:
        """Plays until nothing happens any more; returns the answers in order of time."""
        self._requests = {request.key: request for request in requests}
        for request in requests:
            self._at(request.arrival_s, partial(self._policy.arrived, request))
        heapify(self._events)
        while self._events:
            now, _, happens = heappop(self._events)
            self._policy.capacity(self._state(now), now)
            happens(now)
            for placement in self._policy.decide(now):
                self._start(placement, now)
            self.decisions += 1
            self._wake(now)
        return sorted(self.answers, key=lambda answer: answer.end_s)

    def _at(self, when: float, happens: Callable[[float], None]) -> None:
        heappush(self._events, (when, next(self._numbers), happens))

    def _wake(self, now: float) -> None:
        wake = self._policy.wake_at_s()
        assert wake is None or wake > now, "a wake-up in the past would never end"
        if wake is not None and (not self._events or wake < self._events[0][0]):
            self._at(wake, lambda _: None)

    def _state(self, now: float) -> list[PoolState]:
        states = []
        for name, pool in self._pools.items():
            for slot in self._slots[name]:
                if slot.expected and slot.believed_s <= now:
                    slot.believed_s = now + 0.1 * slot.expected[0]
            free = tuple(slot.believed_s for slot in self._slots[name])
            states.append(
                PoolState(
                    name=name,
                    architecture=pool.architecture,
                    configuration=pool.configuration,
                    models=pool.models,
                    free_at_s=free,
                    hop_s=pool.hop_s,
                )
            )
        return states

    def _start(self, placement: Placement, now: float) -> None:
        pool = self._pools[placement.pool]
        request = self._requests.pop(placement.key)
        slot = min(self._slots[pool.name], key=lambda item: item.believed_s)
        reaches = now + pool.hop_s / 2
        expected = next(c.service_s for c in placement.candidates if c.pool == pool.name)
        service = self._service(request, pool.name)
        slot.free_s = max(reaches, slot.free_s) + service
        slot.believed_s = max(reaches, slot.believed_s) + expected
        slot.expected.append(expected)
        end = slot.free_s + pool.hop_s / 2
        self.answers.append(Answer(request, pool.name, end))
        self._at(end, lambda at: self._end(placement, slot, service, at))

    def _end(self, placement: Placement, slot: Slot, service: float, now: float) -> None:
        slot.expected.pop(0)
        slot.believed_s = now + sum(slot.expected)
        report = Completion(
            key=placement.key,
            model=placement.model,
            pool=placement.pool,
            configuration=placement.configuration,
            service_s=service,
        )
        self._policy.completed(report, now)
        self._policy.capacity(self._state(now), now)
