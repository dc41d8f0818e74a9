"""How long policies take to decide at a queue of a certain length, side by side in one process."""

from collections.abc import Sequence
from itertools import count
from statistics import quantiles
from time import perf_counter_ns
from typing import Any, Final, NamedTuple

import numpy as np

from bench.decision_time import CONFIGURATION, MODELS, SLOWER, profiles
from bench.evaluation import variants
from scheduler import registry
from scheduler.estimator import Estimator
from scheduler.policy import Policy
from scheduler.types import PoolState, Request

DECISIONS = 1000
ROUNDS = 5
"""Each round asks for the same decisions; the shortest time of each counts.

What else the machine does in between makes some longer, and none shorter.
"""
SEED = 11
STEP_S = 0.002


class Scene(NamedTuple):
    """How much waits, and for how many instances in how many pools, each slower than the last."""

    name: str
    queued: int
    pools: int
    instances: int
    limit_us: float
    """What 99 % of the decisions should be shorter than."""


SCENES: Final = (
    Scene("100 queued, 10 instances in 3 pools", 100, 3, 10, 100.0),
    Scene("1,000 queued, 100 instances in 6 pools", 1000, 6, 100, 1000.0),
)


def measure(policies: Sequence[str], decisions: int = DECISIONS) -> list[dict[str, Any]]:
    """Microseconds per decision of each policy in each scene.

    The queue has grown one by one while all was busy. Before each decision that is timed one
    request has arrived and one slot has become free, so that it keeps its length.
    """
    found = []
    for scene in SCENES:
        rounds: dict[str, list[list[float]]] = {policy: [] for policy in policies}
        for _ in range(ROUNDS):
            for policy in policies:
                rounds[policy].append(_round(scene, policy, decisions))
        found += [_entry(scene, policy, times) for policy, times in rounds.items()]
    return found


def judged() -> list[str]:
    """Ours, SLO-MAEL in both forms and KAIROS, as far as this version has them."""
    wanted = (variants.UNTUNED, variants.WINDOWED, variants.PUBLISHED, "kairos")
    return [variant for variant in wanted if variants.is_known(variant)]


def _entry(scene: Scene, policy: str, rounds: Sequence[Sequence[float]]) -> dict[str, Any]:
    cuts = quantiles([min(times) for times in zip(*rounds, strict=True)], n=100)
    return {"scene": scene.name, "policy": policy, "p50_us": cuts[49], "p99_us": cuts[98]}


def _round(scene: Scene, variant: str, decisions: int) -> list[float]:
    policy = registry.variant(variant, Estimator(profiles(scene.pools)))
    draws, keys, now_s = np.random.default_rng(SEED), count(), 0.0
    policy.capacity(_states(scene, now_s, free=-1), now_s)
    for _ in range(scene.queued):
        policy.arrived(_request(draws, next(keys), now_s, scene), now_s)
        policy.decide(now_s)
    times = []
    for turn in range(decisions):
        now_s += STEP_S
        policy.capacity(_states(scene, now_s, free=turn % scene.instances), now_s)
        policy.arrived(_request(draws, next(keys), now_s, scene), now_s)
        times.append(_decision_us(policy, now_s))
    return times


def _decision_us(policy: Policy, now_s: float) -> float:
    before_ns = perf_counter_ns()
    policy.decide(now_s)
    return (perf_counter_ns() - before_ns) / 1000


def _states(scene: Scene, now_s: float, *, free: int) -> list[PoolState]:
    """All slots busy for a while, but the one that is free."""
    slots = np.array_split(np.arange(scene.instances), scene.pools)
    return [
        PoolState(
            name=f"pool-{pool}",
            architecture=f"class-{pool}",
            configuration=CONFIGURATION.key,
            models=frozenset(MODELS),
            free_at_s=tuple(0.0 if slot == free else now_s + 0.01 + 0.001 * slot for slot in here),
            slots=tuple(f"pool-{pool}#{slot}" for slot in here),
        )
        for pool, here in enumerate([part.tolist() for part in slots])
    ]


def _request(draws: np.random.Generator, key: int, now_s: float, scene: Scene) -> Request:
    """Deadlines lie so far apart that the whole queue can be met."""
    model = list(MODELS)[int(draws.integers(len(MODELS)))]
    within_s = 2 * scene.queued * MODELS["large"] * SLOWER**scene.pools / scene.instances
    deadline_s = now_s + 0.2 + float(draws.uniform(0, within_s))
    return Request(
        key=str(key), model=model, arrival_s=now_s, deadline_s=deadline_s, expiry_s=deadline_s + 60
    )
