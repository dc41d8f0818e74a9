"""Random machines, requests and weights for the kernel; as a program, what it decides of them."""

import sys
from math import inf

import numpy as np

from scheduler.kernel.correcting import VARIANCE, WEIGHT, WIDTH
from scheduler.kernel.queueing import insert
from scheduler.kernel.running import Belief, Stream, fresh
from scheduler.kernel.simulating import advance
from scheduler.kernel.starting import decide
from scheduler.kernel.state import COLUMNS, Floats, Rule, Slots, World


def world(draws: np.random.Generator, models: int, counts: list[int]) -> World:
    """Machines of some pools; slot 0 is shared by the first two pools."""
    pools, slots = len(counts), sum(counts)
    service = draws.uniform(0.5, 2.0, (models, 1)) * draws.uniform(0.2, 3.0, (models, pools))
    service[draws.random((models, pools)) < 0.2] = inf
    service[:, 0] = np.where(np.isinf(service[:, 0]), 1.0, service[:, 0])
    half_hop = draws.choice([0.0, 0.1], pools)
    members = [[*range(sum(counts[:p]), sum(counts[: p + 1]))] for p in range(pools)]
    if pools > 1:
        members[1].append(0)
    owners = [[p for p in range(pools) if slot in members[p]] for slot in range(slots)]
    finite = np.where(np.isfinite(service), service, 0.0)
    return World(
        service=service,
        variance=(0.2 * finite) ** 2,
        batch=batches(draws, models, pools),
        unsure=np.full(pools, 0.04),
        factor=factors(draws, models, pools),
        price=draws.uniform(0.3, 3.0, pools),
        watts=np.zeros(pools),
        half_hop=half_hop,
        per_byte=draws.choice([0.0, 0.0, 0.2], pools),
        best=(service + 2 * half_hop).min(axis=1),
        group=np.array([0, 0, *range(2, pools)][:pools], np.int64),
        pool_begin=np.cumsum([0, *map(len, members)]).astype(np.int64),
        pool_slots=np.array([slot for inner in members for slot in inner], np.int64),
        slot_begin=np.cumsum([0, *map(len, owners)]).astype(np.int64),
        slot_pools=np.array([pool for inner in owners for pool in inner], np.int64),
    )


def factors(draws: np.random.Generator, models: int, pools: int) -> Floats:
    """Costs of work; some pools are closed to some models."""
    found = draws.uniform(0.5, 2.0, (models, pools))
    found[draws.random((models, pools)) < 0.15] = inf
    return found


def batches(draws: np.random.Generator, models: int, pools: int) -> Floats:
    """Up to four together, or one by one."""
    if draws.random() < 0.5:
        return np.ones((models, pools, 1))
    more = 1.0 + np.cumsum(draws.uniform(0.1, 0.9, (models, pools, 3)), axis=2)
    more[draws.random((models, pools)) < 0.3] = inf
    return np.concatenate([np.ones((models, pools, 1)), more], axis=2)


def rule(draws: np.random.Generator) -> Rule:
    """Some weights."""
    wait, spread, late, safety = draws.uniform(0.0, [1.0, 0.3, 2.0, 0.2])
    return Rule(
        wait,
        spread,
        late,
        safety,
        float(draws.integers(0, 3)),
        draws.choice([5.0, inf]),
        draws.choice([0.0, 0.05]),
        draws.choice([0.5, 2.0, inf]),
    )


def queue(draws: np.random.Generator, count: int, models: int) -> Floats:
    """Requests in order, of two priorities."""
    rows, have = np.empty((count + 1, COLUMNS)), 0
    for number in range(count):
        qos_s = draws.uniform(0.5, 8.0)
        due_s = 10.0 + draws.uniform(-1.0, 1.0) * qos_s
        rank, model = float(draws.integers(0, 2)), float(draws.integers(0, models))
        expiry_s = due_s + draws.choice([3.0, inf])
        size = draws.choice([0.0, 1.0, 3.0])
        row = np.array([due_s, due_s, model, qos_s, expiry_s, rank, float(number), size])
        have = insert(rows, have, row)
    return rows


def decided(seed: int) -> list[list[int]]:
    """What starts in a random moment."""
    draws = np.random.default_rng(seed)
    counts = [int(n) for n in draws.integers(1, 4, draws.integers(1, 4))]
    models = int(draws.integers(1, 5))
    slots = sum(counts)
    free = np.where(draws.random(slots) < 0.5, 0.0, 10.0 + draws.uniform(-1.0, 2.0, slots))
    asleep = (draws.random(slots) < 0.1).astype(np.int64)
    waiting, late = int(draws.integers(0, 20)), int(draws.integers(0, 6))
    machines = world(draws, models, counts)
    starts = decide(
        10.0,
        machines,
        Slots(free, asleep),
        queue(draws, waiting, models),
        waiting,
        queue(draws, late, models),
        late,
        rule(draws),
    )
    return [[int(value) for value in row] for row in starts]


def played(seed: int, count: int = 150) -> list[float]:
    """When each request of a random run is answered."""
    draws = np.random.default_rng(seed)
    counts, models = [3, 2, 1], 3
    machines = world(draws, models, counts)
    model = draws.integers(0, models, count)
    arrival = np.cumsum(draws.exponential(draws.uniform(0.1, 0.5), count))
    stream = Stream(
        arrival=arrival,
        model=model,
        due=arrival + draws.uniform(1.0, 6.0, count),
        expiry=np.full(count, inf),
        rank=draws.integers(0, 2, count),
        size=draws.choice([0.0, 1.0, 3.0], count),
        service=machines.service[model] * draws.lognormal(0.0, 0.2, (count, 1)),
        drift_at=np.full((len(counts), 1), 20.0),
        drift_factor=draws.uniform(0.5, 2.0, (len(counts), 1)),
    )
    rows = np.zeros((models, len(counts), WIDTH))
    rows[:, :, VARIANCE], rows[:, :, WEIGHT] = 0.04, 2.0
    run = fresh(count, sum(counts))
    slots = Slots(np.full(sum(counts), -inf), np.zeros(sum(counts), np.int64))
    belief = Belief(machines.service.copy(), rows, 1e-6)
    shift = draws.normal(0.0, 1.0, models)
    advance(run, machines, slots, stream, belief, rule(draws), shift, count + 1, True)
    return [float(end_s) for end_s in run.end]


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        sys.stdout.write(f"{decided(number)}\n")
    for number in range(int(sys.argv[2])):
        sys.stdout.write(f"{played(number)}\n")
