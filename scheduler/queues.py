"""Requests bound to slots before these are free, each slot with a queue of its own."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain

from scheduler.types import Request
from scheduler.waiting import Lanes

Place = tuple[str, str]
"""Pool and slot; two pools that share a slot are two places."""
Urgent = tuple[float, Request]
"""Deadline - service of a request, in seconds on the caller's clock, and the request."""


class Queue:
    """The requests of one place: those that can be met, and the late, in the order they became so.

    Nothing is late before `set_aside` says so, and nothing comes back from there. ``service_s``
    tells the expected seconds of a model; after it changed its mind `outdated` is to be called.
    """

    def __init__(self, service_s: Callable[[str], float]) -> None:
        self.late: dict[str, Request] = {}
        self._service_s = service_s
        self._live = Lanes(lambda request: request.deadline_s, lambda _: 0)
        self._order: dict[str, Request] = {}
        self._work_s: float | None = 0.0
        self._urgent: Urgent | None = None
        self._urgent_known = True

    def __len__(self) -> int:
        return len(self._order) + len(self.late)

    def __iter__(self) -> Iterator[Request]:
        """All requests."""
        return chain(self._order.values(), self.late.values())

    def add(self, request: Request) -> None:
        """Puts a request at the end."""
        self._live.add(request)
        self._order[request.key] = request
        self.outdated()

    def remove(self, key: str) -> None:
        """Forgets a request that is here."""
        if self.late.pop(key, None) is None:
            self._live.remove(key)
            del self._order[key]
            self.outdated()

    def outdated(self) -> None:
        """What was computed from the estimates is computed anew when it is asked for."""
        self._work_s = None
        self._urgent_known = False

    def first(self) -> Request | None:
        """Of those that are not late the one that came first."""
        return next(iter(self._order.values()), None)

    def most_urgent(self) -> Urgent | None:
        """Of those that are not late the one with the least deadline - service, and that."""
        if not self._urgent_known:
            heads = [(lane[0][0] - self._service_s(m), lane[0]) for (_, m), lane in self._lanes()]
            self._urgent = None
            if heads:
                urgent_s, (_, _, request) = min(heads)
                self._urgent = (urgent_s, request)
            self._urgent_known = True
        return self._urgent

    def work_s(self) -> float:
        """The expected work of those that are not late, in seconds."""
        if self._work_s is None:
            self._work_s = sum(len(lane) * self._service_s(m) for (_, m), lane in self._lanes())
        return self._work_s

    def set_aside(self, earliest_s: float) -> None:
        """Those that would be late if they started at ``earliest_s`` are late from now on."""
        urgent = self.most_urgent()
        if urgent is None or urgent[0] >= earliest_s:
            return
        late: list[tuple[float, Request]] = []
        for key, _ in list(self._lanes()):
            service_s = self._service_s(key[1])
            cut = self._live.cut_before(key, earliest_s + service_s)
            late += [(request.deadline_s - service_s, request) for request in cut]
        for _, request in sorted(late, key=lambda item: item[0]):
            del self._order[request.key]
            self.late[request.key] = request
        self.outdated()

    def _lanes(self) -> Iterator[tuple[tuple[int, str], list[tuple[float, int, Request]]]]:
        return iter(self._live.lanes())


class SlotQueues:
    """The queues by place; those that are empty are not kept."""

    def __init__(self, service_s: Callable[[str, str], float]) -> None:
        self._service_s = service_s
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

    def work_s(self, slot: str) -> float:
        """The expected work that is bound to a slot and not late, in seconds."""
        queues = self._by_slot.get(slot)
        return sum([queue.work_s() for queue in queues.values()]) if queues else 0.0

    def add(self, request: Request, place: Place) -> None:
        """Binds a request, in place of an earlier one of the same key."""
        self.remove(request.key)
        pool, slot = place
        queues = self._by_slot.setdefault(slot, {})
        if pool not in queues:
            queues[pool] = Queue(partial(self._service_s, pool))
        queues[pool].add(request)
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

    def outdated(self, pool: str | None = None) -> None:
        """The estimates of a pool changed, or of all."""
        for (name, _), queue in self.items():
            if pool in {None, name}:
                queue.outdated()

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
