"""How long policies take to decide at a queue of constant length, side by side in one process.

``python -m bench.decision_time``. Slots run what was placed; at each end the policy is told so,
one request arrives for each that was placed, and it decides. Deadlines are such that all can be
met. The policies take turns; what is reported is the middle one of the rounds, after
warm-up: wall and processor time of `decide` alone, and of telling and deciding together.
"""

import json
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from importlib.metadata import version
from itertools import count
from statistics import median, quantiles
from time import perf_counter_ns, thread_time_ns
from typing import Any, Final, NamedTuple

import numpy as np

from bench.machine import described
from profiles.schema import Configuration, Latency, Profile, Source
from scheduler.estimator import Estimator
from scheduler.registry import variant
from scheduler.types import Completion, Placement, PoolState, Request

POLICIES = ("synergai:tune=off", "slo-mael", "slo-mael:window=5", "kairos", "edf")
MODELS: Final = {"small": 0.002, "middle": 0.01, "large": 0.04}
CONFIGURATION: Final = Configuration(engine="simulated")
SLOWER = 1.7
"""Each pool takes so many times as long as the one before."""
QOS = (0.5, 2.0)
"""Deadlines lie between so many times the time in which the queue drains."""
NOISE = 0.1
YARDSTICK = 2_000
WARM, DECISIONS, ROUNDS, SEED = 200, 1000, 3, 11


class Scene(NamedTuple):
    """How much waits, for how many instances in how many pools."""

    queued: int
    pools: int
    instances: int
    limit_us: float
    """What 99 % of our decisions should be shorter than."""

    def slots(self) -> list[list[str]]:
        """The names of the slots by pool."""
        parts = np.array_split(np.arange(self.instances), self.pools)
        return [[f"pool-{pool}#{slot}" for slot in part] for pool, part in enumerate(parts)]

    def drains_s(self) -> float:
        """How long the queue would take if nothing came."""
        mean_s = sum(MODELS.values()) / len(MODELS)
        rate = sum(len(part) / (mean_s * SLOWER**pool) for pool, part in enumerate(self.slots()))
        return self.queued / rate


SCENES: Final = (Scene(100, 3, 10, 100.0), Scene(1000, 6, 100, 1000.0))


class Times(NamedTuple):
    """Microseconds of one decision."""

    wall: float
    cpu: float
    told: float
    """Wall time of telling and deciding."""
    yardstick: float
    """Wall time of a loop that is always the same, right after: its tail is the machine's."""


class World:
    """Slots that are always busy, and a queue that never gets shorter."""

    def __init__(self, scene: Scene, text: str) -> None:
        self._scene, self._slots = scene, scene.slots()
        self._policy = variant(text, Estimator(profiles(scene.pools)))
        self._draws = np.random.default_rng(SEED)
        self._keys = count()
        self._believed_s = {slot: 0.0 for part in self._slots for slot in part}
        self._ends: list[tuple[float, str, Completion]] = []
        self.placed = self.late = 0

    def times(self) -> Iterator[Times]:
        """Decides for ever."""
        new = [self._request(0.0) for _ in range(self._scene.queued)]
        self._decide(0.0, None, new)
        self._decide(0.0, None, [self._request(0.0) for _ in range(self._scene.instances)])
        due = 1
        while True:
            now_s, slot, completion = heappop(self._ends)
            self._believed_s[slot] = 0.0
            before, arrivals = self.placed, [self._request(now_s) for _ in range(due)]
            yield self._decide(now_s, completion, arrivals)
            due = self.placed - before

    def _decide(self, now_s: float, ended: Completion | None, new: Sequence[Request]) -> Times:
        policy, states = self._policy, self._states(now_s)
        told_ns = perf_counter_ns()
        policy.capacity(states, now_s)
        if ended is not None:
            policy.completed(ended, now_s)
        for request in new:
            policy.arrived(request, now_s)
        cpu_ns, wall_ns = thread_time_ns(), perf_counter_ns()
        placements = policy.decide(now_s)
        end_ns, cpu_end_ns = perf_counter_ns(), thread_time_ns()
        sum(range(YARDSTICK))
        yardstick_ns = perf_counter_ns() - end_ns
        for placement in placements:
            self._start(placement, now_s)
        times = (end_ns - wall_ns, cpu_end_ns - cpu_ns, end_ns - told_ns, yardstick_ns)
        return Times(*[nanoseconds / 1000 for nanoseconds in times])

    def _start(self, placement: Placement, now_s: float) -> None:
        self.placed += 1
        self.late += placement.doomed
        expected_s = placement.expected_end_s - placement.expected_start_s
        service_s = expected_s * float(self._draws.lognormal(0.0, NOISE))
        completion = Completion(
            key=placement.key,
            model=placement.model,
            pool=placement.pool,
            configuration=placement.configuration,
            service_s=service_s,
        )
        self._believed_s[placement.slot] = now_s + expected_s
        heappush(self._ends, (now_s + service_s, placement.slot, completion))

    def _states(self, now_s: float) -> list[PoolState]:
        """As believed: what should have ended t seconds ago is expected to need t more."""
        believed_s = {
            slot: at_s if at_s > now_s or at_s == 0.0 else 2 * now_s - at_s + 1e-6
            for slot, at_s in self._believed_s.items()
        }
        return [
            PoolState(
                name=f"pool-{pool}",
                architecture=f"class-{pool}",
                configuration=CONFIGURATION.key,
                models=frozenset(MODELS),
                free_at_s=tuple([believed_s[slot] for slot in part]),
                slots=tuple(part),
            )
            for pool, part in enumerate(self._slots)
        ]

    def _request(self, now_s: float) -> Request:
        model = list(MODELS)[int(self._draws.integers(len(MODELS)))]
        deadline_s = now_s + self._scene.drains_s() * float(self._draws.uniform(*QOS))
        return Request(
            key=str(next(self._keys)),
            model=model,
            arrival_s=now_s,
            deadline_s=deadline_s,
            expiry_s=deadline_s + 60,
        )


def profiles(pools: int) -> list[Profile]:
    """Of all models on so many classes of machines, each slower than the one before."""
    return [
        Profile(
            model=model,
            architecture=f"class-{pool}",
            configuration=CONFIGURATION,
            latency_by_batch={1: _latency(seconds * SLOWER**pool)},
            source=Source(kind="derived", detail="for measuring decisions"),
        )
        for model, seconds in MODELS.items()
        for pool in range(pools)
    ]


def _latency(seconds: float) -> Latency:
    return Latency(mean_s=seconds, p50_s=seconds, p90_s=seconds, p99_s=seconds)


def one_round(scene: Scene, text: str) -> dict[str, float]:
    """Percentiles of one policy, in microseconds, and the share of what it placed late."""
    world = World(scene, text)
    endless = world.times()
    times = [next(endless) for _ in range(WARM + DECISIONS)][WARM:]
    found: dict[str, float] = {}
    for name in Times._fields:
        cuts = quantiles([getattr(one, name) for one in times], n=100)
        found |= {f"{name}_p50_us": cuts[49], f"{name}_p99_us": cuts[98]}
    return found | {"placed_late": world.late / world.placed}


def main() -> None:
    """Print one JSON object."""
    scenes = []
    for scene in SCENES:
        rounds = [{text: one_round(scene, text) for text in POLICIES} for _ in range(ROUNDS)]
        policies: dict[str, Any] = {
            text: {
                name: round(median(found[text][name] for found in rounds), 3)
                for name in rounds[0][text]
            }
            for text in POLICIES
        }
        scenes.append(
            {
                "queued": scene.queued,
                "instances": scene.instances,
                "pools": scene.pools,
                "limit_us": scene.limit_us,
                "policies": policies,
            }
        )
    report = {
        "decisions": DECISIONS,
        "rounds": ROUNDS,
        "seed": SEED,
        "scenes": scenes,
        **described(),
        "versions": {name: version(name) for name in ("numba", "numpy", "scipy")},
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
