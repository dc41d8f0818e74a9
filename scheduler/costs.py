"""What a second of a machine costs: fluid prices and weights, fixed or tuned."""

from collections.abc import Mapping, Sequence
from math import inf

import msgspec
import numpy as np

from scheduler.kernel.state import Floats, Marks, Rule, World
from scheduler.layout import Layout
from scheduler.price import prices


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The constants of the rule of `scheduler.policies.synergai`, fixed or tuned.

    ``size`` is by model and pool, in logarithms; what is missing follows ``size_exponent``.
    ``shift`` is by model, in best latencies of the model. ``energy`` is what a joule costs, in
    seconds at a price of 1. ``closed`` has by model the pools that do not take it while it is on
    time, ``ceiling`` is in mean best latencies, None: there is none.
    """

    wait: float = 0.15
    spread: float = 0.0
    late: float = 1.0
    safety: float = 0.0
    spare: float = 0.0
    patience: float = 4.5
    price_exponent: float = 1.02
    size_exponent: float = 0.7
    energy: float = 0.0
    ceiling: float | None = None
    closed: Mapping[str, tuple[str, ...]] = {}
    size: Mapping[str, Mapping[str, float]] = {}
    shift: Mapping[str, float] = {}

    def rule(self, unit: float, early_s: float) -> Rule:
        """The part of it that the kernel weighs; ``unit`` is the mean best latency, in seconds."""
        return Rule(
            self.wait,
            self.spread,
            self.late * unit,
            self.safety,
            self.spare,
            self.patience,
            early_s,
            inf if self.ceiling is None else self.ceiling * unit,
        )


def price(world: World, layout: Layout, shares: Sequence[float]) -> Floats:
    """Price per second of a slot of each pool; `scheduler.price` over groups of shared slots."""
    groups = sorted(set(layout.groups))
    table, servers = [], []
    for group in groups:
        pools = [pool for pool, of in enumerate(layout.groups) if of == group]
        table.append(world.service[:, pools].min(axis=1))
        servers.append(float(len({slot for pool in pools for slot in layout.members[pool]})))
    found = prices(np.array(table).T.tolist(), servers, list(shares)) if table else []
    by_group = dict(zip(groups, found, strict=True))
    return np.array([by_group[group] for group in layout.groups])


def work(world: World, layout: Layout, price: Floats) -> Floats:
    """[m] for how many seconds a request keeps all slots busy where its work is cheapest.

    0 where nothing is known of machines or of the model.
    """
    of_slot = {slot: price[p] for p, members in enumerate(layout.members) for slot in members}
    served = np.isfinite(world.service)
    cost = np.where(served, price * np.where(served, world.service, 0.0), inf)
    cost = cost.min(axis=1, initial=inf)
    total = float(sum(of_slot.values()))
    return np.where(np.isfinite(cost), cost, 0.0) / total if total > 0 else np.zeros(cost.size)


def size_weights(world: World, layout: Layout, shares: Sequence[float], weights: Weights) -> Floats:
    """[m, p] how much dearer than its time a request is: (r / mean r there)^exponent, or tuned."""
    served = np.isfinite(world.service)
    times = np.where(served, world.service, 0.0)
    share = np.array(shares)[:, None] * served
    mean_s = (times * share).sum(axis=0) / np.maximum(share.sum(axis=0), 1e-300)
    mean_s = np.where(mean_s > 0, mean_s, 1.0)
    found = np.where(served, times / mean_s, 1.0) ** weights.size_exponent
    for model, row in weights.size.items():
        for pool, log in row.items():
            if model in layout.model_number and pool in layout.pool_number:
                found[layout.model_number[model], layout.pool_number[pool]] = np.exp(log)
    return found


def factors(world: World, sizes: Floats, energy: float, closed: Marks) -> Floats:
    """[m, p] what a second of work costs: weight x price, and ``energy`` x watts.

    Infinite where a pool is closed to a model, unless it is closed everywhere.
    """
    served = np.isfinite(world.service)
    shut = closed & (served & ~closed).any(axis=1, keepdims=True)
    return np.where(shut, inf, sizes * world.price + energy * world.watts)


def closings(layout: Layout, weights: Weights) -> Marks:
    """[m, p] whether a pool is closed to a model."""
    names = [pool.name for pool in layout.pools]
    shut = [weights.closed.get(model, ()) for model in layout.models]
    return np.array([[name in of for name in names] for of in shut], np.bool_).reshape(
        len(layout.models), len(names)
    )


def multiples(layout: Layout, weights: Weights) -> Floats:
    """[m] shifts in best latencies of the model."""
    return np.array([weights.shift.get(model, 0.0) for model in layout.models])


def shifts(world: World, best_latencies: Floats) -> Floats:
    """[m] seconds that are added to a deadline for the order in the queue."""
    return best_latencies * np.where(np.isfinite(world.best), world.best, 0.0)


def mean_best_s(world: World, shares: Sequence[float]) -> float:
    """The mean least latency over the arrivals, in seconds; 1 if nothing can be served."""
    known = [(best, share) for best, share in zip(world.best, shares, strict=True) if best < inf]
    total = sum(share for _, share in known)
    return sum(best * share for best, share in known) / total if total > 0 else 1.0
