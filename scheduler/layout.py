"""Pools as arrays: models, pools and slots by number, and which slots the pools share."""

from collections.abc import Sequence
from math import inf

import numpy as np

from scheduler.estimator import Estimator
from scheduler.kernel.learning import summarise
from scheduler.kernel.state import Floats, Ints, Slots, World
from scheduler.slots import ASLEEP, names
from scheduler.types import PoolState


class Layout:
    """The numbering of what is there; made anew when pools, slots or models change.

    A pool at zero has a slot for each that may be woken, free after its cold start from now.
    """

    def __init__(self, pools: Sequence[PoolState]) -> None:
        self.pools = list(pools)
        self.shape = shape(pools)
        self.models = sorted({model for pool in pools for model in pool.models})
        self.model_number = {model: number for number, model in enumerate(self.models)}
        self.pool_number = {pool.name: number for number, pool in enumerate(pools)}
        self.slots: list[str] = []
        self.asleep: list[int] = []
        """The numbers of the slots that may be woken."""
        self.members: list[list[int]] = []
        """By pool: its slots."""
        known: dict[str, int] = {}
        for pool in pools:
            self.members.append([self._slot(name, known) for name in _all_names(pool)])
        self.groups = _groups(self.members)
        """By pool: the number of those that share slots."""

    def world(self, estimator: Estimator) -> World:
        """The arrays of `scheduler.kernel.state`, at a price and factor of 1."""
        models, pools = len(self.models), len(self.pools)
        pool_begin, pool_slots = _flat(self.members)
        owners: list[list[int]] = [[] for _ in self.slots]
        for pool, members in enumerate(self.members):
            for slot in members:
                owners[slot].append(pool)
        slot_begin, slot_pools = _flat(owners)
        world = World(
            service=np.full((models, pools), inf),
            variance=np.zeros((models, pools)),
            batch=self._batches(estimator),
            unsure=np.zeros(pools),
            factor=np.ones((models, pools)),
            price=np.ones(pools),
            watts=np.array([pool.busy_w for pool in self.pools]),
            half_hop=np.array([pool.hop_s / 2 for pool in self.pools]),
            per_byte=np.array([pool.per_byte_s for pool in self.pools]),
            best=np.full(models, inf),
            group=np.array(self.groups, np.int64),
            pool_begin=pool_begin,
            pool_slots=pool_slots,
            slot_begin=slot_begin,
            slot_pools=slot_pools,
        )
        for number, state in enumerate(self.pools):
            for model in sorted(state.models):
                self.estimate(world, estimator, self.model_number[model], number)
        return world

    def _batches(self, estimator: Estimator) -> Floats:
        """[m, p, b] of the world: no more than each pool's largest."""
        largest = max([pool.largest_batch for pool in self.pools], default=1)
        found = np.full((len(self.models), len(self.pools), largest), inf)
        found[:, :, 0] = 1.0
        for number, pool in enumerate(self.pools):
            for model in sorted(pool.models) if largest > 1 else ():
                known = estimator.batches(model, pool)
                found[self.model_number[model], number, : len(known)] = known
        return found

    def estimate(self, world: World, estimator: Estimator, model: int, pool: int) -> None:
        """Takes one estimate over."""
        service = estimator.service(self.models[model], self.pools[pool])
        world.service[model, pool] = service.mean_s
        world.variance[model, pool] = service.variance
        summarise(world, model, pool)

    def slot_states(self) -> Slots:
        """The slots, all idle for ever until they are believed to be otherwise."""
        asleep = np.zeros(len(self.slots), np.int64)
        asleep[self.asleep] = 1
        return Slots(np.full(len(self.slots), -inf), asleep)

    def believe(self, slots: Slots, world: World, pools: Sequence[PoolState]) -> None:
        """Takes over hops, links and when each slot is free; of a shared slot the latest."""
        slots.free[:] = -inf
        slots.asleep[self.asleep] = 1
        for number, pool in enumerate(pools):
            if pool.free_at_s:
                members = self.members[number]
                slots.free[members] = np.maximum(slots.free[members], pool.free_at_s)
            if world.half_hop[number] != pool.hop_s / 2:
                world.half_hop[number] = pool.hop_s / 2
                world.best[:] = (world.service + 2 * world.half_hop).min(axis=1)
            world.per_byte[number] = pool.per_byte_s

    def wake_times(self, slots: Slots, now_s: float) -> None:
        """What still sleeps is free after its cold start from now."""
        for slot in self.asleep:
            if slots.asleep[slot]:
                slots.free[slot] = now_s + self._owner(slot).cold_start_s

    def _owner(self, slot: int) -> PoolState:
        return next(
            p for p, members in zip(self.pools, self.members, strict=True) if slot in members
        )

    def _slot(self, name: str, known: dict[str, int]) -> int:
        if name != ASLEEP and name in known:
            return known[name]
        number = len(self.slots)
        self.slots.append(name)
        if name == ASLEEP:
            self.asleep.append(number)
        else:
            known[name] = number
        return number


def shape(pools: Sequence[PoolState]) -> list[tuple[object, ...]]:
    """What makes pools the same for a layout: all but free times, hops and links."""
    return [
        (
            p.name,
            p.architecture,
            p.configuration,
            p.models,
            p.slots or len(p.free_at_s),
            p.wakeable,
            p.largest_batch,
        )
        for p in pools
    ]


def _all_names(pool: PoolState) -> list[str]:
    return [*names(pool)] if pool.free_at_s else [ASLEEP] * pool.wakeable


def _flat(lists: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    begins = np.cumsum([0, *map(len, lists)])
    return begins.astype(np.int64), np.array([i for inner in lists for i in inner], np.int64)


def _groups(members: Sequence[Sequence[int]]) -> list[int]:
    """A number for each pool; pools with a slot in common, also through others, have the same."""
    groups = list(range(len(members)))
    owner: dict[int, int] = {}
    for pool, slots in enumerate(members):
        for slot in slots:
            other = owner.setdefault(slot, pool)
            old, new = groups[pool], groups[other]
            groups = [new if group == old else group for group in groups]
    return groups
