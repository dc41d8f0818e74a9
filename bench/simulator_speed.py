"""Simulated requests per second on one core: our simulator beside simpy, the same runs in both.

``python -m bench.simulator_speed``. Every pair plays the same requests on the same instances, and
the ends must agree. The rates are per second of processor time, middle of the rounds, in which all
take turns; compiled code is warm. The compiled run exists for our policy alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from statistics import median
from time import process_time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench import simpy_models
from bench.machine import described
from scheduler.policy import Policy
from scheduler.registry import variant
from scheduler.simulator.engine import simulate
from scheduler.simulator.estimation import estimator
from scheduler.simulator.generate import generate
from scheduler.simulator.playing import play
from scheduler.simulator.scenario import parse

SCENARIO: Final = """
name: ten instances
profiles:
  small: {edge: 0.004, gpu: 0.002, cpu: 0.006}
  middle: {edge: 0.012, gpu: 0.003, cpu: 0.015}
  large: {edge: 0.05, gpu: 0.008, cpu: 0.04}
pools:
  - {name: edge, architecture: edge, instances: 4}
  - {name: gpu, architecture: gpu, instances: 2}
  - {name: cpu, architecture: cpu, instances: 4}
requests: {count: COUNT, load: 0.9, qos: [2, 4, 8]}
"""
SEED = 1
COUNT = 6_000
ROUNDS = 5
OURS = "synergai:tune=off"
ENGINE = ("round-robin", "mael", "slo-mael", "slo-mael:window=3", "kairos", "edf", OURS)
PACKAGES = ("numba", "numpy", "simpy")

Ends = Sequence[float] | NDArray[np.float64]
Play = Callable[[], Ends]


def main() -> None:
    """Print one JSON object."""
    plays = players(COUNT)
    ends = {name: play() for name, play in plays.items()}
    agree(ends)
    rounds = [{name: rate(play, COUNT) for name, play in plays.items()} for _ in range(ROUNDS)]
    per_s = {name: round(median(found[name] for found in rounds)) for name in plays}
    report = {
        "requests": COUNT,
        "instances": 10,
        "load": 0.9,
        "seed": SEED,
        "requests_per_cpu_s": per_s,
        "ratios": ratios(per_s),
        **described(),
        "versions": {name: version(name) for name in PACKAGES},
    }
    print(json.dumps(report, indent=2))


def players(count: int) -> dict[str, Play]:
    """What plays the same requests, by name."""
    scenario = parse(SCENARIO.replace("COUNT", str(count)), "bench")
    workload = generate(scenario, SEED)

    def policy(text: str) -> Policy:
        return variant(text, estimator(scenario, SEED))

    def engine(text: str) -> Ends:
        return simulate(scenario, workload, policy(text), seed=SEED).end_s

    return {
        f"compiled {OURS}": lambda: play(scenario, workload, OURS, seed=SEED).end_s,
        **{f"engine {text}": partial(engine, text) for text in ENGINE},
        f"simpy {OURS}": lambda: simpy_models.asked(scenario, workload, policy(OURS)),
        "simpy mael": partial(simpy_models.earliest, scenario, workload),
        "simpy round-robin": partial(simpy_models.round_robin, scenario, workload),
    }


def agree(ends: Mapping[str, Ends]) -> None:
    """Stops unless what plays one policy answers each request at the same time."""
    for name, found in ends.items():
        policy = name.partition(" ")[2]
        if not np.allclose(found, ends[f"engine {policy}"], rtol=1e-9):
            raise SystemExit(f"simulator_speed: {name} plays another run than the engine")


def rate(play: Play, count: int) -> float:
    """Requests per second of processor time."""
    before_s = process_time()
    play()
    return count / (process_time() - before_s)


def ratios(per_s: dict[str, int]) -> dict[str, float]:
    """Ours over simpy: with the same policy, and our compiled policy over simple ones in simpy."""
    pairs = [
        (f"compiled {OURS}", f"simpy {OURS}"),
        (f"engine {OURS}", f"simpy {OURS}"),
        ("engine mael", "simpy mael"),
        ("engine round-robin", "simpy round-robin"),
        (f"compiled {OURS}", "simpy mael"),
        (f"compiled {OURS}", "simpy round-robin"),
    ]
    return {f"{ours} / {other}": round(per_s[ours] / per_s[other], 2) for ours, other in pairs}


if __name__ == "__main__":
    main()
