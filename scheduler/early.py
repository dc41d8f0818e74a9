"""Policies that bind a request to a slot at once, long before the slot is free."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence

from scheduler.baseline import Baseline, BaselineParameters
from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.queues import Place, Queue, SlotQueues
from scheduler.slots import ASLEEP, names
from scheduler.types import Completion, Placement, PoolState, Request


class EarlyBinding(Baseline):
    """Binds in order of arrival; a slot that opens takes the head of its queue.

    A policy says with `choose` where a request goes, with `head` what a slot takes first. What no
    slot can take waits unbound; what was bound to a slot that is gone is bound anew, in order of
    arrival; nothing else is ever moved. A request bound to a pool at zero leaves at once and wakes
    it. With ``doomed: last`` a bound request that would be late if its slot took it now counts in
    no backlog from then on, and is taken when nothing else is bound to the slot, in the order of
    becoming late.
    """

    def __init__(self, estimator: Estimator, parameters: BaselineParameters) -> None:
        super().__init__(estimator, parameters)
        self.places: list[Place] = []
        """All live slots in file order."""
        self.unbound: dict[str, Request] = {}
        self.queues = SlotQueues(self._service_s)
        self._shape: list[tuple[object, ...]] = []

    @abstractmethod
    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:
        """Where the request goes; there is at least one choice, each behind its queue."""

    def head(self, queue: Queue) -> tuple[float, Request] | None:
        """What a slot takes next of one queue, and what compares it to another's: first come."""
        first = queue.first()
        return (first.arrival_s, first) if first is not None else None

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Replaces the pools; what is bound to a slot that is gone is loosened."""
        self.now_s = now_s
        self.fleet.replace(pools)
        shape: list[tuple[object, ...]] = [
            (pool.name, pool.configuration, pool.models, pool.slots or len(pool.free_at_s))
            for pool in pools
        ]
        if shape != self._shape:
            self._shape = shape
            self.reshaped()

    def reshaped(self) -> None:
        """Slots came or went, or serve other models."""
        serving = {
            (pool.name, slot): pool.models
            for pool in self.fleet.pools.values()
            for slot in names(pool)
        }
        self.places = list(serving)
        loose = [*self.queues.loosen(serving), *self.unbound.values()]
        loose.sort(key=lambda request: request.arrival_s)
        self.queues.outdated()
        self.unbound = {request.key: request for request in loose}

    def completed(self, completion: Completion, now_s: float) -> None:
        """Corrects the estimates."""
        super().completed(completion, now_s)
        if self.learns:
            self.queues.outdated(completion.pool)

    def arrived(self, request: Request, now_s: float) -> None:
        """Takes a request in; one of the same key that waits already is replaced."""
        self.withdrawn(request.key, now_s)
        self.unbound[request.key] = request

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forgets a request."""
        self.now_s = now_s
        self.unbound.pop(key, None)
        self.queues.remove(key)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Starts what is bound to slots that are open, then binds what is not bound."""
        self.now_s = now_s
        placements = [
            placement for slot in self.queues.slots() for placement in self.start(slot, now_s)
        ]
        return [*placements, *self.bind(now_s)]

    def bind(self, now_s: float) -> Iterator[Placement]:
        """Binds all that can be bound, one by one; what its slot takes at once is placed."""
        for request in list(self.unbound.values()):
            choices = self.choices(request, now_s, self.queues.work_s)
            if choices:
                choice = self.choose(request, choices, now_s)
                yield from self.bound(request, choice, now_s)
                yield from self.start(choice.slot, now_s)

    def bound(self, request: Request, choice: Choice, now_s: float) -> Iterator[Placement]:
        """Binds one request; yields its placement if that wakes the pool."""
        del self.unbound[request.key]
        if choice.slot == ASLEEP:
            yield self.place(request, choice, now_s, late=False)
        else:
            self.queues.add(request, (choice.pool_name, choice.slot))

    def start(self, slot: str, now_s: float) -> Iterator[Placement]:
        """Places what a live slot takes as long as it is open."""
        self._set_aside(slot, now_s)
        while self._open(slot, now_s) and (found := self._next(slot)) is not None:
            request, pool, late = found
            choice = self.choice(request.model, pool, slot, now_s, request.size_bytes)
            if choice.opens_s > now_s:
                break
            self.queues.remove(request.key)
            yield self.place(request, choice, now_s, late=late)

    def wake_at_s(self) -> float | None:
        """When the next slot opens that something is bound to."""
        places = [(self.fleet.pools[pool], slot, 0) for (pool, slot), _ in self.queues.items()]
        if self.fleet.linked:
            heads = [(slot, self._next(slot)) for slot in self.queues.slots()]
            places += [(found[1], slot, found[0].size_bytes) for slot, found in heads if found]
        moments = [
            self.opens_s(pool, slot, size)
            for pool, slot, size in places
            if self.opens_early(pool, size)
        ]
        return min((at_s for at_s in moments if at_s > self.now_s), default=None)

    def doomed(self, now_s: float) -> Sequence[str]:
        """Keys of the waiting requests that would be late even with all slots free."""
        waiting = [*self.queues, *self.unbound.values()]
        return [request.key for request in waiting if self.hopeless(request, now_s)]

    def _open(self, slot: str, now_s: float) -> bool:
        """Whether the slot is open through one of the pools that something is bound to.

        Where payloads take time, that is to be asked with the one that is next.
        """
        pools = [self.fleet.pools[name] for name in self.queues.at(slot)]
        return any(p.per_byte_s > 0 or self.opens_s(p, slot, 0) <= now_s for p in pools)

    def _next(self, slot: str) -> tuple[Request, PoolState, bool] | None:
        """What the slot takes next, through which pool, and whether it is late."""
        queues = [(self.fleet.pools[name], queue) for name, queue in self.queues.at(slot).items()]
        heads = [(*head, pool) for pool, queue in queues if (head := self.head(queue))]
        if heads:
            _, request, pool = min(heads, key=lambda head: head[0])
            return request, pool, False
        late = [(next(iter(queue.late.values())), pool) for pool, queue in queues if queue.late]
        return (*min(late, key=lambda item: item[0].deadline_s), True) if late else None

    def _set_aside(self, slot: str, now_s: float) -> None:
        if self.doomed_last:
            for name, queue in self.queues.at(slot).items():
                queue.set_aside(now_s + self.fleet.pools[name].hop_s)

    def _service_s(self, pool: str, model: str) -> float:
        return self.fleet.service_s(model, self.fleet.pools[pool])
