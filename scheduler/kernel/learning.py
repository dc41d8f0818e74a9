"""Corrects the estimates of service times while a run goes on."""

import math

from scheduler.kernel.correcting import corrected, expected, log_ratio, observe, variance
from scheduler.kernel.jit import borrowing
from scheduler.kernel.running import Belief
from scheduler.kernel.state import World


@borrowing
def learn(world: World, belief: Belief, model: int, pool: int, service_s: float) -> None:
    """Corrects the estimates of one model on one pool."""
    row = belief.rows[model, pool]
    observe(row, log_ratio(service_s, belief.prior[model, pool], belief.floor_s))
    median_s, sigma = corrected(belief.prior[model, pool], row, belief.floor_s)
    world.service[model, pool] = expected(median_s, sigma)
    world.variance[model, pool] = variance(median_s, sigma)
    summarise(world, model, pool)


@borrowing
def summarise(world: World, model: int, pool: int) -> None:
    """Brings up to date what rests on the service time of a model on a pool."""
    best_s = math.inf
    for other in range(world.price.size):
        best_s = min(best_s, world.service[model, other] + 2.0 * world.half_hop[other])
    world.best[model] = best_s
    total, count = 0.0, 0
    for other in range(world.best.size):
        service_s = world.service[other, pool]
        if service_s < math.inf:
            total += world.variance[other, pool] / (service_s * service_s)
            count += 1
    world.unsure[pool] = total / max(1, count)
