"""What leaves now: the heads of the lines that are open, and late requests on idle slots."""

import math
from typing import NamedTuple

import numpy as np

from scheduler.kernel.batching import gather
from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.opening import (
    SEEN,
    any_open,
    largest,
    linked,
    opened,
    opens_for,
    reach_s,
)
from scheduler.kernel.planning import earliest, plan
from scheduler.kernel.state import (
    BYTES,
    DUE,
    EXPIRY,
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

ROW, SLOT, POOL, LATE, SIZE = 0, 1, 2, 3, 4
"""Columns of a start: row of the queue or of the late ones, slot, pool, 1: from the late ones, and
how many are computed together; 0: with the start before."""
LEAST_QOS_S = 1e-9
TICK_S = 1e-6
CROWD = 2
"""With so many waiting for each slot, or more than can be met, batches are made."""


class Rest(NamedTuple):
    """What has no line: requests of the queue without room, and the late."""

    queue: Floats
    unplanned: Marks
    late: Floats
    waits: Marks


@borrowing
def take(slots: Slots, slot: int, there_s: float, took_s: float) -> None:
    """The slot is busy next with what is there then, for so long."""
    slots.free[slot] = max(slots.free[slot], there_s) + took_s
    slots.asleep[slot] = 0


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


@compiled
def fill(
    now_s: float,
    world: World,
    slots: Slots,
    head: Ints,
    rest: Rest,
    rule: Rule,
    starts: Ints,
    found: int,
) -> int:
    """Gives slots without a line to what the plan has no room for."""
    idle = idle_slots(now_s, world, slots, head)
    most = largest(world, rest.queue, rest.unplanned.size, rest.late, rest.waits.size)
    for slot in range(head.size):
        if head[slot] >= 0:
            continue
        for at in range(world.slot_begin[slot], world.slot_begin[slot + 1]):
            pool = world.slot_pools[at]
            if not opened(now_s, world, slots, slot, pool, rule.early, most):
                continue
            spared = idle[world.group[pool]] <= rule.spare
            patience = rule.patience if spared else -np.inf
            row, lately = neediest(now_s, world, slots, rest, slot, pool, patience, rule.early)
            if row < 0:
                continue
            idle[world.group[pool]] -= slots.free[slot] <= now_s
            rows, left = (rest.late, rest.waits) if lately else (rest.queue, rest.unplanned)
            left[row] = False
            starts[found, ROW], starts[found, SLOT] = row, slot
            starts[found, POOL], starts[found, LATE] = pool, lately
            starts[found, SIZE] = 1
            found += 1
            model = int(rows[row, MODEL])
            there_s = reach_s(now_s, world, rows, row, pool)
            take(slots, slot, there_s, world.service[model, pool])
            break
    return found


@compiled
def idle_slots(now_s: float, world: World, slots: Slots, head: Ints) -> Ints:
    """By group how many slots are idle and have no line."""
    idle = np.zeros(world.price.size, np.int64)
    for slot in range(head.size):
        if slots.free[slot] <= now_s and head[slot] < 0:
            idle[world.group[world.slot_pools[world.slot_begin[slot]]]] += 1
    return idle


@borrowing
def neediest(
    now_s: float,
    world: World,
    slots: Slots,
    rest: Rest,
    slot: int,
    pool: int,
    patience: float,
    early_s: float,
) -> tuple[int, int]:
    """The request whose work costs least there, patience counted, and whether it is late."""
    found, lately, least = -1, 0, np.inf
    for row in range(min(SEEN, rest.waits.size)):
        if rest.waits[row]:
            cost = need(now_s, world, slots, slot, pool, rest.late, row, patience, early_s)
            if cost < least:
                found, lately, least = row, 1, cost
    if patience == -np.inf:
        for row in range(rest.unplanned.size):
            if rest.unplanned[row]:
                cost = need(now_s, world, slots, slot, pool, rest.queue, row, patience, early_s)
                if cost < least:
                    found, lately, least = row, 0, cost
    return found, lately


@borrowing
def need(
    now_s: float,
    world: World,
    slots: Slots,
    slot: int,
    pool: int,
    rows: Floats,
    row: int,
    patience: float,
    early_s: float,
) -> float:
    """Price x service / (1 + overdue / QoS); infinite where it may not run."""
    service_s = world.service[int(rows[row, MODEL]), pool]
    if service_s == np.inf:
        return np.inf
    if not opened(now_s, world, slots, slot, pool, early_s, rows[row, BYTES]):
        return np.inf
    start_s = max(slots.free[slot], reach_s(now_s, world, rows, row, pool))
    if start_s + service_s + world.half_hop[pool] > rows[row, EXPIRY]:
        return np.inf
    overdue = (now_s - rows[row, DUE]) / max(LEAST_QOS_S, rows[row, QOS])
    if overdue <= patience:
        return np.inf
    return float(world.price[pool] * service_s / (1.0 + max(0.0, overdue)))


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
    """When the next slot opens or a late request may have a spare slot; infinite: never."""
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
    for row in range(min(SEEN, late_count)):
        loses_s = late[row, DUE] + rule.patience * late[row, QOS] + TICK_S
        if loses_s > now_s:
            soonest_s = min(soonest_s, loses_s)
    return soonest_s
