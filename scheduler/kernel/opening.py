"""When a request is there, and from when on a placement may leave for a slot."""

import math

from scheduler.kernel.jit import borrowing
from scheduler.kernel.state import BYTES, MODEL, Floats, Slots, World

SEEN = 256
"""So many requests are looked at for when their payload should leave."""


@borrowing
def reach_s(now_s: float, world: World, rows: Floats, row: int, pool: int) -> float:
    """When a request that leaves now is there: half a hop later, and the time of its payload."""
    return float(now_s + world.half_hop[pool] + rows[row, BYTES] * world.per_byte[pool])


@borrowing
def linked(world: World) -> bool:
    """Whether payloads take time on the way to any pool."""
    found = False
    for pool in range(world.per_byte.size):
        found |= world.per_byte[pool] > 0.0
    return found


@borrowing
def least_s(world: World, rows: Floats, row: int) -> float:
    """The least latency of a request with all slots free, its payload counted."""
    model, least = int(rows[row, MODEL]), math.inf
    for pool in range(world.per_byte.size):
        there_s = 2.0 * world.half_hop[pool] + rows[row, BYTES] * world.per_byte[pool]
        least = min(least, world.service[model, pool] + there_s)
    return least


@borrowing
def opened(
    now_s: float, world: World, slots: Slots, slot: int, pool: int, early_s: float, size: float
) -> bool:
    """Whether ``size`` bytes may leave for the slot now, to arrive as it becomes free."""
    if slots.asleep[slot]:
        return True
    ahead_s = 2.0 * world.half_hop[pool] + early_s + size * world.per_byte[pool]
    return bool(slots.free[slot] - ahead_s <= now_s)


@borrowing
def take(slots: Slots, slot: int, there_s: float, took_s: float) -> None:
    """The slot is busy next with what is there then, for so long."""
    slots.free[slot] = max(slots.free[slot], there_s) + took_s
    slots.asleep[slot] = 0


@borrowing
def any_open(now_s: float, world: World, slots: Slots, early_s: float, most: float) -> bool:
    """Whether any slot is open for a payload of at most ``most`` bytes."""
    for slot in range(slots.free.size):
        for at in range(world.slot_begin[slot], world.slot_begin[slot + 1]):
            if opened(now_s, world, slots, slot, world.slot_pools[at], early_s, most):
                return True
    return False


@borrowing
def largest(world: World, queue: Floats, count: int, late: Floats, late_count: int) -> float:
    """The bytes of the largest payload that waits; 0 where payloads take no time."""
    most = 0.0
    if linked(world):
        for row in range(count):
            most = max(most, queue[row, BYTES])
        for row in range(late_count):
            most = max(most, late[row, BYTES])
    return most


@borrowing
def opens_for(
    now_s: float, world: World, slots: Slots, rows: Floats, count: int, early_s: float
) -> float:
    """When the next slot opens for one of these rows because of its payload; infinite: never."""
    soonest_s = math.inf
    for slot in range(slots.free.size):
        for at in range(world.slot_begin[slot], world.slot_begin[slot + 1]):
            pool = world.slot_pools[at]
            opens_s = slots.free[slot] - (2.0 * world.half_hop[pool] + early_s)
            if world.per_byte[pool] == 0.0 or opens_s <= now_s or slots.asleep[slot]:
                continue
            for row in range(count):
                for_it_s = opens_s - rows[row, BYTES] * world.per_byte[pool]
                if for_it_s > now_s:
                    soonest_s = min(soonest_s, for_it_s)
    return soonest_s
