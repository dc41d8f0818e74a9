"""Plans the whole queue: each request where it costs least, the longest giving way."""

import math

import numpy as np

from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.opening import reach_s
from scheduler.kernel.state import DUE, MODEL, RANK, Floats, Lines, Plan, Rule, Slots, World

ROOT_2 = math.sqrt(2.0)
NEVER_LATE = 4.0
"""From this many deviations before the deadline on, a request is not expected to be late."""


@compiled
def plan(now_s: float, world: World, slots: Slots, queue: Floats, count: int, rule: Rule) -> Plan:
    """The plan of the first ``count`` rows of ``queue``, which are in order.

    O(count x (pools + slots of a pool)), and O(slots) more for each request that fits nowhere.
    """
    made = Plan(
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
        np.full(slots.free.size, -1, np.int64),
        np.full(count, -1, np.int64),
        np.zeros(count, np.bool_),
    )
    lines = Lines(
        slots.free.copy(),
        doubts(now_s, world, slots),
        np.zeros(slots.free.size),
        np.full(slots.free.size, -1, np.int64),
        np.full(world.price.size, -1, np.int64),
    )
    for pool in range(world.price.size):
        lines.first[pool] = earliest(world, lines.ready, pool)
    rank = -math.inf
    for row in range(count):
        if queue[row, RANK] != rank:
            rank = queue[row, RANK]
            lines.longest[:] = 0.0  # a lower priority never displaces a higher one
        pool = cheapest(now_s, world, rule, lines, queue, row)
        if pool >= 0:
            slot = lines.first[pool]
        else:
            pool, slot = room(now_s, world, rule, lines, queue, row)
            if pool < 0:
                continue
            displace(world, made, lines, queue, slot)
        append(now_s, world, made, lines, queue, row, pool, slot)
        for at in range(world.slot_begin[slot], world.slot_begin[slot + 1]):
            member = world.slot_pools[at]
            lines.first[member] = earliest(world, lines.ready, member)
    return made


@compiled
def doubts(now_s: float, world: World, slots: Slots) -> Floats:
    """The variance of the time at which each slot is free, in seconds squared."""
    found = np.zeros(slots.free.size)
    for slot in range(found.size):
        left_s = slots.free[slot] - now_s
        if left_s > 0.0 and not slots.asleep[slot]:
            found[slot] = world.unsure[world.slot_pools[world.slot_begin[slot]]] * left_s * left_s
    return found


@borrowing
def earliest(world: World, ready: Floats, pool: int) -> int:
    """The slot of a pool that is ready first; -1: it has none."""
    found, least = -1, math.inf
    for at in range(world.pool_begin[pool], world.pool_begin[pool + 1]):
        slot = world.pool_slots[at]
        if ready[slot] < least:
            found, least = slot, ready[slot]
    return found


@borrowing
def cheapest(now_s: float, world: World, rule: Rule, lines: Lines, queue: Floats, row: int) -> int:
    """The pool where the request costs least of those that can meet it; -1: none can."""
    model, due_s = int(queue[row, MODEL]), queue[row, DUE]
    found, least, slowest = -1, math.inf, 0.0
    for pool in range(world.price.size):
        slot, service_s = lines.first[pool], world.service[model, pool]
        if slot < 0 or service_s == math.inf or world.factor[model, pool] == math.inf:
            continue
        there_s = reach_s(now_s, world, queue, row, pool)
        waited_s = max(0.0, lines.ready[slot] - there_s)
        end_s = there_s + waited_s + service_s + world.half_hop[pool]
        left_s = due_s - end_s
        if left_s < rule.safety * service_s:
            continue
        cost = world.factor[model, pool] * service_s + rule.wait * world.price[pool] * waited_s
        cost += rule.spread * (end_s - now_s)
        cost += rule.late * lateness(left_s, lines.doubt[slot] + world.variance[model, pool])
        if cost < least or (cost == least and service_s > slowest):
            found, least, slowest = pool, cost, service_s
    return found


@borrowing
def lateness(left_s: float, variance: float) -> float:
    """The probability that a normal deviation exceeds ``left_s``."""
    deviation = math.sqrt(variance)
    if left_s >= NEVER_LATE * deviation:
        return 0.0
    return 0.5 * math.erfc(left_s / (deviation * ROOT_2))


@borrowing
def room(
    now_s: float, world: World, rule: Rule, lines: Lines, queue: Floats, row: int
) -> tuple[int, int]:
    """Pool and slot whose longest request, longer than this one, makes it possible by leaving."""
    model, due_s = int(queue[row, MODEL]), queue[row, DUE]
    found, place, most = -1, -1, 0.0
    for pool in range(world.price.size):
        service_s = world.service[model, pool]
        if service_s == math.inf or world.factor[model, pool] == math.inf:
            continue
        latest_s = due_s - service_s * (1.0 + rule.safety) - world.half_hop[pool]
        if latest_s < reach_s(now_s, world, queue, row, pool):
            continue
        for at in range(world.pool_begin[pool], world.pool_begin[pool + 1]):
            slot = world.pool_slots[at]
            saved_s = lines.longest[slot]
            if saved_s <= max(service_s, most):
                continue
            if lines.ready[slot] - saved_s <= latest_s:
                found, place, most = pool, slot, saved_s
    return found, place


@borrowing
def append(
    now_s: float,
    world: World,
    made: Plan,
    lines: Lines,
    queue: Floats,
    row: int,
    pool: int,
    slot: int,
) -> None:
    """Puts a request at the end of the line of a slot."""
    model = int(queue[row, MODEL])
    service_s = world.service[model, pool]
    made.slot[row], made.pool[row] = slot, pool
    if lines.tail[slot] < 0:
        made.head[slot] = row
    else:
        made.follows[lines.tail[slot]] = row
    lines.tail[slot] = row
    there_s = reach_s(now_s, world, queue, row, pool)
    lines.ready[slot] = max(lines.ready[slot], there_s) + service_s
    lines.doubt[slot] += world.variance[model, pool]
    lines.longest[slot] = max(lines.longest[slot], service_s)


@borrowing
def displace(world: World, made: Plan, lines: Lines, queue: Floats, slot: int) -> None:
    """Takes the longest request out of the line of a slot; of equals the last."""
    before, victim = longest_of(world, made, queue, slot, lines.longest[slot])
    model, pool = int(queue[victim, MODEL]), made.pool[victim]
    if before < 0:
        made.head[slot] = made.follows[victim]
    else:
        made.follows[before] = made.follows[victim]
    if lines.tail[slot] == victim:
        lines.tail[slot] = before
    lines.ready[slot] -= world.service[model, pool]
    lines.doubt[slot] -= world.variance[model, pool]
    rank = queue[victim, RANK]
    made.slot[victim] = made.pool[victim] = made.follows[victim] = -1
    lines.longest[slot] = 0.0
    row = made.head[slot]
    while row >= 0:
        if queue[row, RANK] == rank:
            service_s = world.service[int(queue[row, MODEL]), made.pool[row]]
            lines.longest[slot] = max(lines.longest[slot], service_s)
        row = made.follows[row]


@borrowing
def longest_of(
    world: World, made: Plan, queue: Floats, slot: int, longest_s: float
) -> tuple[int, int]:
    """The last request of that length in the line, behind the one before it (-1: none)."""
    before, victim, previous = -1, -1, -1
    row = made.head[slot]
    while row >= 0:
        if world.service[int(queue[row, MODEL]), made.pool[row]] == longest_s:
            before, victim = previous, row
        previous, row = row, made.follows[row]
    return before, victim
