"""The whole run compiled: requests, slots and the decisions of `scheduler.kernel.starting`."""

import math

from scheduler.kernel import events
from scheduler.kernel.filling import LATE, POOL, ROW, SIZE, SLOT
from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.learning import learn
from scheduler.kernel.opening import any_open, largest
from scheduler.kernel.queueing import insert, kept, row_of, set_aside
from scheduler.kernel.running import (
    ARRIVALS,
    EVENTS,
    NOW_S,
    PLANNED,
    QUEUED,
    REPORTS,
    SET_ASIDE,
    TURN,
    WAKE_S,
    Belief,
    Run,
    Stream,
)
from scheduler.kernel.starting import decide, wakes
from scheduler.kernel.state import NUMBER, Floats, Ints, Rule, Slots, World

ENDED, REPORTED, REACHED = 0, 1, 2
"""Kinds of events, in the order in which they happen at one instant."""
TICK_S = 1e-6
LATE_SHARE = 16
"""So many late requests take about as long as one that is planned."""


@borrowing
def advance(
    run: Run,
    world: World,
    slots: Slots,
    stream: Stream,
    belief: Belief,
    rule: Rule,
    shift: Floats,
    until: int,
    learns: bool,
) -> None:
    """Plays until ``until`` requests have arrived, or if there are less, nothing happens."""
    total = stream.arrival.size
    while True:
        arrived = int(run.counts[ARRIVALS])
        arrival_s = stream.arrival[arrived] if arrived < total else math.inf
        event_s = run.heap[0, events.TIME] if run.counts[EVENTS] > 0 else math.inf
        now_s = min(arrival_s, event_s, run.counts[WAKE_S])
        if now_s == math.inf:
            return
        asked = run.counts[WAKE_S] <= now_s
        run.counts[NOW_S] = now_s
        while run.counts[EVENTS] > 0 and run.heap[0, events.TIME] == now_s:
            asked |= happen(run, world, stream, belief, learns)
        while int(run.counts[ARRIVALS]) < total and (
            stream.arrival[int(run.counts[ARRIVALS])] == now_s
        ):
            arrive(run, stream, shift)
            asked = True
        if asked:
            dispatch(run, world, slots, rule, stream)
        if arrived < until <= int(run.counts[ARRIVALS]):
            return


@borrowing
def later(run: Run, time_s: float, kind: int, index: int) -> None:
    """An event to come."""
    run.counts[TURN] += 1.0
    run.counts[EVENTS] = events.push(
        run.heap, int(run.counts[EVENTS]), time_s, kind, int(run.counts[TURN]), index
    )


@compiled
def arrive(run: Run, stream: Stream, shift: Floats) -> None:
    """The next request joins the queue."""
    request = int(run.counts[ARRIVALS])
    run.counts[ARRIVALS] += 1.0
    row = row_of(
        stream.due[request],
        shift[stream.model[request]],
        stream.model[request],
        stream.arrival[request],
        stream.arrival[request] + stream.expiry[request],
        float(stream.rank[request]),
        request,
        stream.size[request],
    )
    run.counts[QUEUED] = insert(run.queue, int(run.counts[QUEUED]), row)


@borrowing
def happen(run: Run, world: World, stream: Stream, belief: Belief, learns: bool) -> bool:
    """The first event; True if the policy must decide after it."""
    kind, index = int(run.heap[0, events.ORDER]), int(run.heap[0, events.INDEX])
    now_s = run.counts[NOW_S]
    run.counts[EVENTS] = events.pop(run.heap, int(run.counts[EVENTS]))
    if kind == REACHED:
        reach(now_s, run, world, stream, index)
        return False
    if kind == ENDED:
        finish(now_s, run, world, stream, index)
        if world.half_hop[run.pool[index]] > 0.0:
            return False
    report(now_s, run, world, stream, belief, index, learns)
    return True


@borrowing
def reach(now_s: float, run: Run, world: World, stream: Stream, request: int) -> None:
    """A placement reaches its slot: it runs, or waits there by deadline."""
    slot = run.slot[request]
    if run.running[slot] < 0:
        begin_run(now_s, run, world, stream, request)
        return
    due_s, previous, at = stream.due[request], -1, run.line[slot]
    while at >= 0 and stream.due[at] <= due_s:
        previous, at = at, run.after[at]
    run.after[request] = at
    if previous < 0:
        run.line[slot] = request
    else:
        run.after[previous] = request


@borrowing
def begin_run(now_s: float, run: Run, world: World, stream: Stream, request: int) -> None:
    """A slot starts to compute."""
    run.running[run.slot[request]] = request
    run.start[request] = now_s
    pool = run.pool[request]
    service_s = stream.service[request, pool]
    mate = run.mate[request]
    while mate >= 0:
        run.start[mate] = now_s
        service_s = max(service_s, stream.service[mate, pool])
        mate = run.mate[mate]
    service_s *= world.batch[stream.model[request], pool, run.size[request] - 1]
    factor = 1.0
    for step in range(stream.drift_at.shape[1]):
        if stream.drift_at[pool, step] <= now_s:
            factor = stream.drift_factor[pool, step]
    if factor != 1.0:
        service_s *= factor
    run.took[request] = service_s
    later(run, now_s + service_s, ENDED, request)


@borrowing
def finish(now_s: float, run: Run, world: World, stream: Stream, request: int) -> None:
    """A slot has computed; the next of its line begins."""
    slot, hop_s = run.slot[request], world.half_hop[run.pool[request]]
    mate = request
    while mate >= 0:
        run.end[mate] = now_s + hop_s
        mate = run.mate[mate]
    run.running[slot] = -1
    if hop_s > 0.0:
        later(run, now_s + hop_s, REPORTED, request)
    if run.line[slot] >= 0:
        following = run.line[slot]
        run.line[slot] = run.after[following]
        begin_run(now_s, run, world, stream, following)


@borrowing
def report(
    now_s: float,
    run: Run,
    world: World,
    stream: Stream,
    belief: Belief,
    request: int,
    learns: bool,
) -> None:
    """The policy hears of an end, and learns from it."""
    slot, pool, model = run.slot[request], run.pool[request], stream.model[request]
    previous, at = -1, run.owed[slot]
    while at != request:
        previous, at = at, run.owing[at]
    if previous < 0:
        run.owed[slot] = run.owing[request]
    else:
        run.owing[previous] = run.owing[request]
    run.known[slot] = max(run.known[slot], now_s - world.half_hop[pool])
    run.order[int(run.counts[REPORTS])] = request
    run.counts[REPORTS] += 1.0
    if learns:
        single_s = run.took[request] / world.batch[model, pool, run.size[request] - 1]
        run.ratio[request] = single_s / world.service[model, pool]
        learn(world, belief, model, pool, single_s)


@borrowing
def away_s(world: World, stream: Stream, request: int, pool: int) -> float:
    """Seconds from leaving to being there."""
    return float(world.half_hop[pool] + stream.size[request] * world.per_byte[pool])


@borrowing
def believe(now_s: float, run: Run, world: World, slots: Slots, stream: Stream) -> None:
    """When each slot is free, by what was placed there and has not reported."""
    for slot in range(slots.free.size):
        free_s = run.known[slot]
        request = run.owed[slot]
        while request >= 0:
            there_s = run.placed[request] + away_s(world, stream, request, run.pool[request])
            free_s = max(free_s, there_s) + run.expected[request]
            if free_s <= now_s:
                free_s = now_s + (now_s - free_s) + TICK_S
            request = run.owing[request]
        slots.free[slot] = free_s if free_s > now_s else 0.0


@compiled
def dispatch(run: Run, world: World, slots: Slots, rule: Rule, stream: Stream) -> None:
    """Decides, sends the placements, and sets the next wake."""
    now_s = run.counts[NOW_S]
    count, late_count = set_aside(
        now_s,
        world,
        run.queue,
        int(run.counts[QUEUED]),
        run.late,
        int(run.counts[SET_ASIDE]),
    )
    if count + late_count > 0:
        believe(now_s, run, world, slots, stream)
        most = largest(world, run.queue, count, run.late, late_count)
        if any_open(now_s, world, slots, rule.early, most):
            run.counts[PLANNED] += count + late_count / LATE_SHARE
            starts = decide(now_s, world, slots, run.queue, count, run.late, late_count, rule)
            deliver(now_s, run, world, stream, starts)
            if starts.shape[0] > 0:
                count, late_count = kept(run.queue, count), kept(run.late, late_count)
    run.counts[QUEUED], run.counts[SET_ASIDE] = count, late_count
    run.counts[WAKE_S] = math.inf
    if count + late_count > 0:
        run.counts[WAKE_S] = wakes(
            now_s, world, slots, run.queue, count, run.late, late_count, rule
        )


@borrowing
def deliver(now_s: float, run: Run, world: World, stream: Stream, starts: Ints) -> None:
    """Sends what a decision starts; who is computed together is known before the first leaves."""
    leader = -1
    for at in range(starts.shape[0]):
        rows = run.late if starts[at, LATE] else run.queue
        request = int(rows[starts[at, ROW], NUMBER])
        rows[starts[at, ROW], NUMBER] = -1.0
        run.pool[request], run.slot[request] = starts[at, POOL], starts[at, SLOT]
        run.placed[request] = now_s
        if starts[at, SIZE] == 0:
            run.mate[request], run.mate[leader] = run.mate[leader], request
            continue
        if leader >= 0:
            send(now_s, run, world, stream, leader)
        leader = request
        run.size[leader] = starts[at, SIZE]
    if leader >= 0:
        send(now_s, run, world, stream, leader)


@borrowing
def send(now_s: float, run: Run, world: World, stream: Stream, request: int) -> None:
    """A placement leaves for its slot."""
    slot, pool, model = run.slot[request], run.pool[request], stream.model[request]
    run.expected[request] = world.service[model, pool]
    run.expected[request] *= world.batch[model, pool, run.size[request] - 1]
    run.owing[request] = -1
    if run.owed[slot] < 0:
        run.owed[slot] = request
    else:
        last = run.owed[slot]
        while run.owing[last] >= 0:
            last = run.owing[last]
        run.owing[last] = request
    there_s = away_s(world, stream, request, pool)
    if there_s > 0.0:
        later(run, now_s + there_s, REACHED, request)
    else:
        reach(now_s, run, world, stream, request)
