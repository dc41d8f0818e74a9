"""Which slots are free when: what capacity events list, and placements that none lists yet."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heapreplace
from typing import Protocol

from msgspec import structs

from functions.engine.configuration import parse
from functions.errors import PermanentError
from functions.schema import Capacity
from scheduler.types import PoolState
from streams.core.device import Answered, Device, expected_end
from streams.core.hops import Hops
from streams.core.life import Attempt
from streams.schema import Pool

_UNKNOWN_S = 0.1
Over = Callable[[Attempt], None]


class Estimates(Protocol):
    """The part of the scheduler's estimator that is used here."""

    def service_s(self, model: str, pool: PoolState) -> float:
        """Expected seconds in the slot."""

    def batches(self, model: str, pool: PoolState) -> Sequence[float]:
        """What 1, 2, ... requests together take over what one takes; at least the first."""

    def busy_w(self, pool: PoolState) -> float:
        """What a slot draws while it computes, beyond idle, in watts; 0: not known."""


class Slots:
    """The pools as believed now. Nothing is counted that a lost message could leak.

    An attempt counts as its own placement until an instance lists it, it ended, or its lease is
    over; from then on the listing alone counts, and that is replaced every second.
    """

    def __init__(
        self, estimates: Estimates, hops: Hops, answered: Answered, over: Over = lambda _: None
    ) -> None:
        """``over`` is told of every attempt that takes no slot any more."""
        self._over = over
        self.declared: dict[str, Pool] = {}
        self.changed = True
        """Whether the policy must be told."""
        self._estimates = estimates
        self._hops = hops
        self._answered = answered
        self._bare: dict[str, PoolState] = {}
        self._devices: dict[str, Device] = {}
        self._device_of: dict[str, Device] = {}
        self._places: defaultdict[str, set[Device]] = defaultdict(set)
        self._unlisted: defaultdict[str, dict[tuple[str, int], Attempt]] = defaultdict(dict)
        self._stale: set[str] = set()
        """Pools whose state must be told anew."""
        self._states: dict[str, PoolState] = {}
        self._sharing: dict[str, frozenset[str]] = {}

    def declare(self, pool: Pool) -> None:
        """A pool was declared or changed."""
        self.declared[pool.name] = pool
        rate = pool.bandwidth_bytes_per_s
        self._hops[pool.name].declare(1 / rate if rate > 0 else 0.0)
        self._bare[pool.name] = self._fixed(pool)
        self._stale.add(pool.name)
        self.changed = True

    def remove(self, pool: str) -> None:
        """A pool's declaration is gone."""
        self.declared.pop(pool, None)
        self._bare.pop(pool, None)
        self._states.pop(pool, None)
        self._hops.forget(pool)
        self.changed = True

    @property
    def models(self) -> frozenset[str]:
        """What the eligible pools serve."""
        return frozenset(model for pool in self.eligible() for model in pool.models)

    def eligible(self) -> Iterator[Pool]:
        """The pools that may be placed on."""
        return (pool for pool in self.declared.values() if pool.state == "eligible")

    def report(self, capacity: Capacity, append_s: float) -> None:
        """What an instance holds now."""
        name = capacity.device or capacity.instance
        before = self._device_of.get(capacity.instance)
        if before is not None and before.name != name:
            self.gone(capacity.instance)
        device = self._devices.get(name)
        if device is None:
            device = self._devices[name] = Device(name)
        device.report(capacity, append_s)
        if before is not device:
            self._device_of[capacity.instance] = device
            self._places[capacity.pool].add(device)
            self._sharing.clear()
        self.changed = True

    def gone(self, instance: str) -> None:
        """An instance is silent."""
        device = self._device_of.pop(instance, None)
        if device is None:
            return
        before = device.pools
        device.gone(instance)
        for pool in before - device.pools:
            self._places[pool].discard(device)
        if not device:
            del self._devices[device.name]
        self._stale |= before
        self._sharing.clear()
        self.changed = True

    def placed(self, attempt: Attempt) -> None:
        """An attempt was sent and no instance lists it yet."""
        self._unlisted[attempt.pool][attempt.identity, attempt.number] = attempt

    def listed(self, attempt: Attempt, instance: str) -> None:
        """An instance lists the attempt: from now on the listing counts."""
        attempt.instance = instance
        self._forget(attempt)

    def released(self, attempt: Attempt) -> None:
        """The attempt ended, its lease is over, or its life is."""
        self._forget(attempt)
        self._over(attempt)
        self.ended(attempt.instance)

    def ended(self, instance: str) -> None:
        """Something that an instance may still list has ended."""
        device = self._device_of.get(instance)
        if device is not None:
            device.touch()
        self.changed = True

    def states(self, now_s: float) -> tuple[PoolState, ...]:
        """The pools that may be placed on, with the time at which each slot is free."""
        self.changed = False
        for device in self._devices.values():
            if device.refresh(now_s, self._answered, self._times):
                self._stale |= device.pools
        for name in self._unlisted:
            self._stale |= self.neighbours(name)
        taken: dict[str, float] = {}
        waking = {name: self._occupy(name, taken, now_s) for name in self._unlisted}
        for name in self._stale & self.declared.keys():
            slots = [(max(free_s, taken.get(at, 0.0)), at) for free_s, at in self._of(name)]
            self._states[name] = self._state(name, slots, waking.get(name, 0))
        self._stale.clear()
        return tuple([self._states[pool.name] for pool in self.eligible()])

    def current(self, now_s: float) -> tuple[PoolState, ...]:
        """As `states`, for others than the policy, which must still be told."""
        changed = self.changed or self.overdue(now_s)
        found = self.states(now_s)
        self.changed = changed
        return found

    def told(self) -> Iterator[PoolState]:
        """The pools that may be placed on, as they were told last; bare before that."""
        return (self._states.get(pool.name, self._bare[pool.name]) for pool in self.eligible())

    @property
    def count(self) -> int:
        """How many slots there were when they were told last; one that is shared, by pool."""
        return sum(len(state.free_at_s) for state in self._states.values())

    def overdue(self, now_s: float) -> bool:
        """Whether something that is listed should have ended by now, so that beliefs have aged."""
        return any(device.busy_until_s < now_s for device in self._devices.values())

    def unlisted(self) -> int:
        """How many own placements are counted."""
        return sum(len(attempts) for attempts in self._unlisted.values())

    def _forget(self, attempt: Attempt) -> None:
        attempts = self._unlisted.get(attempt.pool)
        if attempts is None:
            return
        key = (attempt.identity, attempt.number)
        if attempts.get(key) is attempt:
            del attempts[key]
            self._stale |= self.neighbours(attempt.pool)
        if not attempts:
            del self._unlisted[attempt.pool]

    def neighbours(self, pool: str) -> frozenset[str]:
        """The pools that share a device with ``pool``, and itself."""
        found = self._sharing.get(pool)
        if found is None:
            devices = self._places.get(pool, ())
            found = frozenset([pool]).union(*(device.pools for device in devices))
            self._sharing[pool] = found
        return found

    def _of(self, pool: str) -> list[tuple[float, str]]:
        return [slot for device in self._places.get(pool, ()) for slot in device.slots(pool)]

    def _occupy(self, pool: str, taken: dict[str, float], now_s: float) -> int:
        """Put the unlisted attempts of ``pool`` on its slots; how many wait for it to wake."""
        attempts = self._unlisted[pool].values()
        heap = self._of(pool)
        if not heap:
            return len(attempts)
        heapify(heap)
        link, together = self._hops[pool], set[str]()
        for attempt in attempts:
            if attempt.batch in together:
                continue
            if attempt.batch:
                together.add(attempt.batch)
            while heap[0][0] < (known_s := taken.get(heap[0][1], 0.0)):
                heapreplace(heap, (known_s, heap[0][1]))
            free_s, name = heap[0]
            there_s = link.hop_s / 2 + attempt.size_bytes * link.per_byte_s
            start_s = max(free_s, attempt.placed_s + there_s)
            taken[name] = expected_end(start_s, attempt.service_s, now_s)
            heapreplace(heap, (taken[name], name))
        return 0

    def _times(self, pool: str, model: str) -> list[float]:
        """Expected seconds in a slot of 1, 2, ... requests together, up to the largest batch."""
        bare = self._bare.get(pool)
        if bare is None or model not in bare.models:
            return [_UNKNOWN_S]
        single_s = self._estimates.service_s(model, bare)
        return [single_s * over for over in self._estimates.batches(model, bare)]

    def _fixed(self, pool: Pool) -> PoolState:
        """What does not change of a pool's state until it is declared anew."""
        state = PoolState(
            name=pool.name,
            architecture=pool.architecture,
            configuration=pool.configuration,
            models=frozenset(pool.models),
            free_at_s=(),
            cold_start_s=pool.cold_start_s,
            emulated=pool.emulated,
            busy_w=pool.busy_w,
            largest_batch=largest_batch(pool.configuration),
        )
        if pool.busy_w > 0:
            return state
        return structs.replace(state, busy_w=self._estimates.busy_w(state))

    def _state(self, name: str, slots: list[tuple[float, str]], waking: int) -> PoolState:
        link, pool = self._hops[name], self.declared[name]
        return structs.replace(
            self._bare[name],
            free_at_s=tuple([free_s for free_s, _ in slots]),
            wakeable=0 if slots else max(0, pool.wakeable - waking),
            hop_s=link.hop_s,
            per_byte_s=link.per_byte_s,
            slots=tuple([at for _, at in slots]),
        )


def largest_batch(configuration: str) -> int:
    """So many of one model a function of this configuration gathers at most; unreadable: 1."""
    try:
        return parse(configuration).batch
    except PermanentError:
        return 1
