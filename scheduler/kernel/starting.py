"""What leaves now: the heads of the lines that are open, and late requests on idle slots."""

import math

import numpy as np

from scheduler.kernel.batching import gather
from scheduler.kernel.filling import LATE, POOL, ROW, SIZE, SLOT, Rest, fill
from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.opening import (
    SEEN,
    any_open,
    largest,
    linked,
    opened,
    opens_for,
    reach_s,
    take,
)
from scheduler.kernel.planning import earliest, plan
from scheduler.kernel.state import (
    BYTES,
    DUE,
    MODEL,
    QOS,
    Floats,
    Ints,
    Marks,
    Plan,
    Rule,
    Slots,
    World,
)

TICK_S = 1e-6
CROWD = 2
"""With so many waiting for each slot, or more than can be met, batches are made."""


@compiled
def decide(
    now_s: float,
    world: World,
    slots: Slots,
    queue: Floats,
    count: int,
    late: Floats,
    late_count: int,
    rule: Rule,
) -> Ints:
    """The starts, one a row; the slots are taken. Queue and late requests are left as they are."""
    starts = np.empty((count + late_count, 5), np.int64)
    made, found = plan(now_s, world, slots, queue, count, rule), 0
    gone = np.zeros(count, np.bool_)
    crowded = count >= CROWD * made.head.size or bool((made.slot < 0).any())
    short = world.batch.shape[2] > 1 and crowded
    if short:
        leaving(now_s, world, slots, made, queue, rule.early)
    for slot in range(made.head.size):
        row = made.head[slot]
        while row >= 0:
            pool = made.pool[row]
            if not opened(now_s, world, slots, slot, pool, rule.early, queue[row, BYTES]):
                break
            if not gone[row]:
                found = begin(
                    now_s, world, slots, made, queue, gone, starts, found, row, slot, short
                )
            row = made.follows[row]
    waiting = Rest(queue, (made.slot < 0) & ~gone, late, np.ones(late_count, np.bool_))
    if waiting.unplanned.any() or late_count > 0:
        found = fill(now_s, world, slots, made.head, waiting, rule, starts, found)
    return starts[:found]


@compiled
def settle(
    now_s: float,
    world: World,
    slots: Slots,
    queue: Floats,
    count: int,
    late: Floats,
    late_count: int,
    rule: Rule,
    first: Ints,
) -> Ints:
    """What `decide` starts if a slot is open, in one call from Python, each of which costs.

    ``first`` gets by pool the slot that is free first then; -1: it has none.
    """
    most = largest(world, queue, count, late, late_count)
    if not any_open(now_s, world, slots, rule.early, most):
        return np.empty((0, 5), np.int64)
    starts = decide(now_s, world, slots, queue, count, late, late_count, rule)
    for pool in range(first.size):
        first[pool] = earliest(world, slots.free, pool)
    return starts


@borrowing
def leaving(
    now_s: float, world: World, slots: Slots, made: Plan, queue: Floats, early_s: float
) -> None:
    """Marks the requests that leave now by themselves: no batch elsewhere takes them."""
    for slot in range(made.head.size):
        row = made.head[slot]
        if row >= 0:
            size = queue[row, BYTES]
            made.leaves[row] |= opened(now_s, world, slots, slot, made.pool[row], early_s, size)


@compiled
def begin(
    now_s: float,
    world: World,
    slots: Slots,
    made: Plan,
    queue: Floats,
    gone: Marks,
    starts: Ints,
    found: int,
    row: int,
    slot: int,
    short: bool,
) -> int:
    """Starts the head of a line, with others of its model if that pays; returns the new count.

    One by one as long as the plan has room for all: a batch keeps its slot longer.
    """
    pool, size = made.pool[row], 1
    members = np.empty(world.batch.shape[2], np.int64)
    members[0] = row
    if short:
        size = gather(now_s, world, slots, made, queue, gone, row, slot, pool, members)
    for place in range(size):
        starts[found, ROW], starts[found, SLOT] = members[place], slot
        starts[found, POOL], starts[found, LATE] = pool, 0
        starts[found, SIZE] = 0 if place else size
        gone[members[place]] = True
        found += 1
    model = int(queue[row, MODEL])
    took_s = world.service[model, pool] * world.batch[model, pool, size - 1]
    take(slots, slot, reach_s(now_s, world, queue, row, pool), took_s)
    return found


@borrowing
def wakes(
    now_s: float,
    world: World,
    slots: Slots,
    queue: Floats,
    count: int,
    late: Floats,
    late_count: int,
    rule: Rule,
) -> float:
    """When the next slot opens or the patience with a late request ends; infinite: never."""
    soonest_s = math.inf
    if linked(world):
        soonest_s = opens_for(now_s, world, slots, queue, min(SEEN, count), rule.early)
        late_s = opens_for(now_s, world, slots, late, min(SEEN, late_count), rule.early)
        soonest_s = min(soonest_s, late_s)
    for slot in range(slots.free.size):
        for at in range(world.slot_begin[slot], world.slot_begin[slot + 1]):
            hop_s = world.half_hop[world.slot_pools[at]]
            opens_s = slots.free[slot] - (2.0 * hop_s + rule.early)
            if opens_s > now_s and hop_s + rule.early > 0.0:
                soonest_s = min(soonest_s, opens_s)
    if rule.patience < math.inf:
        soonest_s = min(soonest_s, impatient(now_s, queue, count, rule.patience))
        soonest_s = min(soonest_s, impatient(now_s, late, late_count, rule.patience))
    return soonest_s


@borrowing
def impatient(now_s: float, rows: Floats, count: int, patience: float) -> float:
    """When the patience with the next of these requests ends; infinite: it has with all."""
    soonest_s = math.inf
    for row in range(count):
        loses_s = rows[row, DUE] + patience * rows[row, QOS] + TICK_S
        if loses_s > now_s:
            soonest_s = min(soonest_s, loses_s)
    return soonest_s
