"""Requests bound to slots before these are free, each slot with a queue of its own."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from scheduler.types import Request
from scheduler.waiting import Lanes

Place = tuple[str, str]
"""Pool and slot; two pools that share a slot are two places."""


class Queue:
    """The requests of one place: those that can be met, and the late, in the order they became so.

    Nothing is late before `set_aside` says so, and nothing comes back from there.
    """

    def __init__(self) -> None:
        self.late: dict[str, Request] = {}
        self.live = Lanes(lambda request: request.deadline_s, lambda _: 0)
        """By model and deadline."""
        self._order: dict[str, Request] = {}

    def __len__(self) -> int:
        return len(self.live) + len(self.late)

    def __iter__(self) -> Iterator[Request]:
        """All requests."""
        return chain(self._order.values(), self.late.values())

    def add(self, request: Request) -> None:
        """Puts a request at the end."""
        self.live.add(request)
        self._order[request.key] = request

    def remove(self, key: str) -> None:
        """Forgets a request that is here."""
        self.live.remove(key)
        self._order.pop(key, None)
        self.late.pop(key, None)

    def first(self) -> Request | None:
        """Of those that are not late the one that came first."""
        return next(iter(self._order.values()), None)

    def most_urgent(self, service_s: Callable[[str], float]) -> tuple[float, Request] | None:
        """Of those that are not late the one with the least deadline - service, and that."""
        heads = ((lane[0][0] - service_s(m), *lane[0][1:]) for (_, m), lane in self.live.lanes())
        least = min(heads, default=None)
        return (least[0], least[2]) if least is not None else None

    def work_s(self, service_s: Callable[[str], float]) -> float:
        """The expected work of those that are not late, in seconds."""
        return sum(len(lane) * service_s(model) for (_, model), lane in self.live.lanes())

    def set_aside(self, latency_s: Callable[[str], float], now_s: float) -> None:
        """Those that would be late if they were sent now are late from now on."""
        for key, lane in list(self.live.lanes()):
            due_s = now_s + latency_s(key[1])
            if lane[0][0] < due_s:
                for request in self.live.cut_before(key, due_s):
                    del self._order[request.key]
                    self.late[request.key] = request


class SlotQueues:
    """The queues by place; those that are empty are not kept."""

    def __init__(self) -> None:
        self._by_slot: dict[str, dict[str, Queue]] = {}
        self._place_of: dict[str, Place] = {}

    def __len__(self) -> int:
        return len(self._place_of)

    def __iter__(self) -> Iterator[Request]:
        """All requests."""
        return (request for _, queue in self.items() for request in queue)

    def items(self) -> Iterator[tuple[Place, Queue]]:
        """Places and their queues."""
        for slot, queues in self._by_slot.items():
            for pool, queue in queues.items():
                yield (pool, slot), queue

    def slots(self) -> list[str]:
        """The slots that something is bound to."""
        return list(self._by_slot)

    def at(self, slot: str) -> Mapping[str, Queue]:
        """The queues of one slot by pool."""
        return self._by_slot.get(slot, {})

    def add(self, request: Request, place: Place) -> None:
        """Binds a request, in place of an earlier one of the same key."""
        self.remove(request.key)
        pool, slot = place
        self._by_slot.setdefault(slot, {}).setdefault(pool, Queue()).add(request)
        self._place_of[request.key] = place

    def remove(self, key: str) -> None:
        """Forgets a request; unknown keys are ignored."""
        place = self._place_of.pop(key, None)
        if place is None:
            return
        pool, slot = place
        queue = self._by_slot[slot][pool]
        queue.remove(key)
        if not queue:
            del self._by_slot[slot][pool]
            if not self._by_slot[slot]:
                del self._by_slot[slot]

    def loosen(self, serving: Mapping[Place, frozenset[str]]) -> list[Request]:
        """Takes out what is bound to a place that is gone or serves its model no more."""
        loose = [
            request
            for place, queue in self.items()
            for request in queue
            if request.model not in serving.get(place, ())
        ]
        for request in loose:
            self.remove(request.key)
        return loose
