"""Which requests are computed together with one that starts."""

import numpy as np

from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.opening import reach_s
from scheduler.kernel.state import DUE, MODEL, Floats, Ints, Marks, Plan, Slots, World


@compiled
def gather(
    now_s: float,
    world: World,
    slots: Slots,
    made: Plan,
    queue: Floats,
    gone: Marks,
    row: int,
    slot: int,
    pool: int,
    members: Ints,
) -> int:
    """The batch that makes the slot answer most per second; its rows are in ``members``.

    ``row`` comes first, others of its model follow in order of the queue. All of them, and what is
    left of the slot's line, must be met as far as they were. Returns how many they are.
    """
    members[0] = row
    model = int(queue[row, MODEL])
    single_s = world.service[model, pool]
    start_s = max(slots.free[slot], reach_s(now_s, world, queue, row, pool))
    found, rate = 1, 1.0 / single_s
    chosen = np.empty(world.batch.shape[2], np.int64)
    for size in range(world.batch.shape[2], 1, -1):
        took_s = single_s * world.batch[model, pool, size - 1]
        end_s = start_s + took_s + world.half_hop[pool]
        if queue[row, DUE] < end_s:
            continue
        count = fitting(now_s, world, queue, made, gone, row, pool, start_s, end_s, size, chosen)
        took_s = single_s * world.batch[model, pool, count - 1]
        if count == 1 or count / took_s <= rate:
            continue
        if met_behind(world, made, queue, gone, chosen[:count], slot, start_s + took_s):
            found, rate = count, count / took_s
            members[:count] = chosen[:count]
    return found


@borrowing
def fitting(
    now_s: float,
    world: World,
    queue: Floats,
    made: Plan,
    gone: Marks,
    row: int,
    pool: int,
    start_s: float,
    end_s: float,
    size: int,
    chosen: Ints,
) -> int:
    """Writes the rows that may run from start to end, ``row`` first; how many, at most size."""
    chosen[0], count, model = row, 1, int(queue[row, MODEL])
    for other in range(made.slot.size):
        if count == size:
            break
        alike = int(queue[other, MODEL]) == model and not gone[other]
        if not alike or made.leaves[other] or queue[other, DUE] < end_s:
            continue
        if reach_s(now_s, world, queue, other, pool) <= start_s:
            chosen[count] = other
            count += 1
    return count


@compiled
def met_behind(
    world: World,
    made: Plan,
    queue: Floats,
    gone: Marks,
    chosen: Ints,
    slot: int,
    ready_s: float,
) -> bool:
    """Whether all others of the slot's line are met if they begin at ``ready_s``."""
    row = made.head[slot]
    while row >= 0:
        if not gone[row] and not (chosen == row).any():
            pool = made.pool[row]
            ready_s += world.service[int(queue[row, MODEL]), pool]
            if queue[row, DUE] < ready_s + world.half_hop[pool]:
                return False
        row = made.follows[row]
    return True
