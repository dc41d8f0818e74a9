"""Microseconds per decision of a policy at several queue lengths; no other process is needed.

Run: python bench/scheduler_decide.py [policy]
"""

import json
import platform
import sys
from random import Random
from statistics import quantiles
from time import perf_counter

from profiles.schema import Configuration, Latency, Profile, Source
from scheduler.estimator import Estimator
from scheduler.policy import Policy
from scheduler.registry import build
from scheduler.types import PoolState, Request

MODELS = {"speech": 0.002, "filetype": 0.004, "wake": 0.001, "face": 0.01, "music": 0.3}
POOLS = {"gpu": (1.0, 2), "xeon": (3.0, 4), "jetson": (10.0, 2)}
"""How many times slower than the fastest, and slots."""
QUEUES = (10, 1_000, 20_000)
DECISIONS = 400
SEED = 7
CONFIGURATION = Configuration(engine="onnxruntime")


def main() -> None:
    """Prints one line per queue length as JSON."""
    name = sys.argv[1] if len(sys.argv) > 1 else "edf"
    print(json.dumps({"policy": name, "python": platform.python_version(), "seed": SEED}))
    for load in ("feasible", "overload"):
        for length in QUEUES:
            print(json.dumps({"load": load, "queue": length, **measure(name, length, load)}))


def measure(name: str, length: int, load: str) -> dict[str, float]:
    """One slot comes free, one request arrives, one decision, again and again."""
    rng = Random(SEED)
    policy = build(name, Estimator(_profiles()))
    now_s = 0.0
    policy.capacity(_pools(now_s, free=False), now_s)
    for index in range(length):
        policy.arrived(_request(rng, index, now_s, load, length), now_s)
    spent: dict[str, list[float]] = {"decide": [], "all": []}
    placed = 0
    for index in range(length, length + DECISIONS):
        now_s += 0.001
        began = perf_counter()
        policy.capacity(_pools(now_s, free=True), now_s)
        policy.arrived(_request(rng, index, now_s, load, length), now_s)
        deciding = perf_counter()
        placed += len(policy.decide(now_s))
        ended = perf_counter()
        policy.wake_at_s()
        spent["decide"].append((ended - deciding) * 1e6)
        spent["all"].append((perf_counter() - began) * 1e6)
    cuts = {key: quantiles(values, n=100) for key, values in spent.items()}
    return {
        "decide_p50_us": round(cuts["decide"][49], 1),
        "decide_p99_us": round(cuts["decide"][98], 1),
        "event_p50_us": round(cuts["all"][49], 1),
        "placements": placed,
        "idle_us": round(_idle_us(policy, now_s), 1),
    }


def _idle_us(policy: Policy, now_s: float) -> float:
    """A decision while every slot is busy."""
    policy.capacity(_pools(now_s, free=False), now_s)
    policy.decide(now_s)
    began = perf_counter()
    for _ in range(DECISIONS):
        policy.decide(now_s)
    return (perf_counter() - began) / DECISIONS * 1e6


def _profiles() -> list[Profile]:
    return [
        Profile(
            model=model,
            architecture=pool,
            configuration=CONFIGURATION,
            latency_by_batch={
                1: Latency(mean_s=s * slow, p50_s=s * slow, p90_s=s * slow, p99_s=s * slow)
            },
            source=Source(kind="derived", detail="bench"),
        )
        for model, s in MODELS.items()
        for pool, (slow, _) in POOLS.items()
    ]


def _pools(now_s: float, *, free: bool) -> list[PoolState]:
    return [
        PoolState(
            name=name,
            architecture=name,
            configuration=CONFIGURATION.key,
            models=frozenset(MODELS),
            free_at_s=(now_s if free else now_s + 0.5, *[now_s + 0.5] * (slots - 1)),
            hop_s=0.003,
        )
        for name, (_, slots) in POOLS.items()
    ]


def _request(rng: Random, index: int, now_s: float, load: str, length: int) -> Request:
    model = rng.choice(list(MODELS))
    span = 0.05 * length if load == "feasible" else 1.0
    budget_s = 2.0 + MODELS[model] * rng.uniform(2, 12) + rng.uniform(0, span)
    return Request(
        key=str(index),
        model=model,
        arrival_s=now_s,
        deadline_s=now_s + budget_s,
        expiry_s=now_s + budget_s + 60,
    )


if __name__ == "__main__":
    main()
