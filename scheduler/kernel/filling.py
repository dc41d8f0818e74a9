"""Late requests, and those that the plan has no room for, on slots without a line."""

from typing import NamedTuple

import numpy as np

from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.opening import largest, opened, reach_s, take
from scheduler.kernel.state import (
    BYTES,
    DUE,
    EXPIRY,
    MODEL,
    QOS,
    Floats,
    Ints,
    Marks,
    Rule,
    Slots,
    World,
)

ROW, SLOT, POOL, LATE, SIZE = 0, 1, 2, 3, 4
"""Columns of a start: row of the queue or of the late ones, slot, pool, 1: from the late ones, and
how many are computed together; 0: with the start before."""
LEAST_QOS_S = 1e-9
MOST_OVERDUE = 4.5
"""Overdue by more times its QoS, a late request may cost no more for it."""


class Rest(NamedTuple):
    """What has no line: requests of the queue without room, and the late."""

    queue: Floats
    unplanned: Marks
    late: Floats
    waits: Marks


class Terms(NamedTuple):
    """Until how many times its QoS overdue a request may not run; below: always."""

    spared: float
    """On a slot that is spared."""
    dear: float
    """Where it costs more than ``ceiling`` x (1 + overdue / QoS)."""
    ceiling: float
    early_s: float
    """Before the round trip and the way of its payload at which a placement may leave."""


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
    """Gives slots without a line to what the plan has no room for.

    Where nothing at all is planned or computed, nothing is held back.
    """
    idle, barren = idle_slots(now_s, world, slots, head), np.zeros(world.price.size, np.bool_)
    quiet = idle.sum() == head.size
    most = largest(world, rest.queue, rest.unplanned.size, rest.late, rest.waits.size)
    for slot in range(head.size):
        if head[slot] >= 0:
            continue
        for at in range(world.slot_begin[slot], world.slot_begin[slot + 1]):
            pool = world.slot_pools[at]
            if barren[pool] or not opened(now_s, world, slots, slot, pool, rule.early, most):
                continue
            patience = -np.inf if quiet else rule.patience
            spared = patience if idle[world.group[pool]] <= rule.spare else -np.inf
            terms = Terms(spared, patience, rule.ceiling, rule.early)
            row, lately = neediest(now_s, world, slots, rest, slot, pool, terms)
            if row < 0:
                barren[pool] = slots.free[slot] <= now_s
                continue
            quiet = False
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
    now_s: float, world: World, slots: Slots, rest: Rest, slot: int, pool: int, terms: Terms
) -> tuple[int, int]:
    """The request whose work costs least there, patience counted, and whether it is late."""
    found, lately, least = -1, 0, np.inf
    for row in range(rest.waits.size):
        if rest.waits[row]:
            cost = need(now_s, world, slots, slot, pool, rest.late, row, terms)
            if cost < least:
                found, lately, least = row, 1, cost
    if terms.spared == -np.inf:
        for row in range(rest.unplanned.size):
            if rest.unplanned[row]:
                cost = need(now_s, world, slots, slot, pool, rest.queue, row, terms)
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
    terms: Terms,
) -> float:
    """Price x service / (1 + overdue / QoS); infinite where it may not run."""
    model = int(rows[row, MODEL])
    service_s = world.service[model, pool]
    if service_s == np.inf:
        return np.inf
    overdue = (now_s - rows[row, DUE]) / max(LEAST_QOS_S, rows[row, QOS])
    if overdue <= terms.spared:
        return np.inf
    if overdue <= terms.dear:
        most = terms.ceiling * (1.0 + min(MOST_OVERDUE, max(0.0, overdue)))
        if world.factor[model, pool] * service_s >= most:
            return np.inf
    if not opened(now_s, world, slots, slot, pool, terms.early_s, rows[row, BYTES]):
        return np.inf
    start_s = max(slots.free[slot], reach_s(now_s, world, rows, row, pool))
    if start_s + service_s + world.half_hop[pool] > rows[row, EXPIRY]:
        return np.inf
    return float(world.price[pool] * service_s / (1.0 + max(0.0, overdue)))
