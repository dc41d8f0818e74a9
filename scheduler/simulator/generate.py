"""Draws the requests that a scenario describes."""

from collections.abc import Sequence
from math import inf, log, sqrt

import numpy as np

from scheduler.errors import SchedulerError
from scheduler.price import full_rate, prices
from scheduler.simulator import arrivals, workload
from scheduler.simulator.run import Floats, Ints
from scheduler.simulator.types import Generated, Scenario, seconds_at
from scheduler.simulator.workload import Workload


def generate(
    scenario: Scenario, seed: int = 0, *, trace: Sequence[float] | Floats = ()
) -> Workload:
    """The same requests for the same scenario and seed; ``trace`` has the times of its file.

    The scenario's own seed and ``seed`` together decide; arrivals, models, QoS and works are drawn
    from streams of their own, so that a change of one leaves the others alone.

    Raises:
        SchedulerError: the requests stand in a file, or a trace is needed and not given.
    """
    asked = scenario.requests
    if not isinstance(asked, Generated):
        raise SchedulerError(f"{scenario.name}: requests: found a file, allowed: what is drawn")
    draws = [np.random.default_rng([asked.seed, seed, stream]) for stream in range(5)]
    mix = shares(scenario)
    models = list(mix)
    model = draws[1].choice(len(models), asked.count, p=np.array([mix[name] for name in models]))
    size_bytes = _sizes(asked, draws[4])
    best = _best_s(scenario, models, model, size_bytes)
    multiples = asked.qos if isinstance(asked.qos, tuple) else (asked.qos,)
    qos = best * np.array(multiples)[draws[2].integers(len(multiples), size=asked.count)]
    return workload.of(
        models,
        arrivals.draw(asked, rate(scenario), draws[0], trace),
        model,
        qos,
        work=log_normal(draws[3], asked.work_cv, asked.count),
        expiry_s=None if asked.expiry is None else asked.expiry * qos,
        size_bytes=size_bytes,
    )


def shares(scenario: Scenario) -> dict[str, float]:
    """The share of each model that comes; they sum to 1."""
    asked = scenario.requests
    given = asked.mix if isinstance(asked, Generated) else None
    if given is None:
        given = {name: 1.0 for name in scenario.models if best_latency_s(scenario, name) < inf}
    total = sum(given.values())
    return {name: share / total for name, share in given.items() if share > 0}


def best_latency_s(scenario: Scenario, model: str) -> float:
    """The latency at batch 1 with everything free, hops included; infinite: no pool serves it."""
    return min(
        (
            seconds_at(seconds, 1) + scenario.round_trip_s(pool)
            for pool in scenario.pools
            if (seconds := scenario.seconds(model, pool))
        ),
        default=inf,
    )


def _sizes(asked: Generated, draws: np.random.Generator) -> Ints:
    """Whole bytes of the payloads."""
    sizes = asked.sizes
    return np.rint(sizes.mean * log_normal(draws, sizes.cv, asked.count)).astype(np.int64)


def _best_s(scenario: Scenario, models: Sequence[str], model: Ints, size_bytes: Ints) -> Floats:
    """The least latency of each request, as `best_latency_s` with its payload."""
    best = np.full(model.size, inf)
    for number, pool in enumerate(scenario.pools):
        trip_s = scenario.round_trip_s(pool)
        alone = np.array([_seconds(scenario, name, number) + trip_s for name in models])
        best = np.minimum(best, alone[model] + size_bytes * scenario.per_byte_s(pool))
    return best


def capacity(scenario: Scenario) -> float:
    """The highest rate in requests per second that could be served for ever, at batch 1, work 1."""
    mix, machines = shares(scenario), _machines(scenario)
    table = [
        [min(_seconds(scenario, model, at) for at in pools) for pools in machines] for model in mix
    ]
    servers = [float(scenario.pools[pools[0]].instances) for pools in machines]
    counts = list(mix.values())
    return full_rate(table, servers, counts, prices(table, servers, counts))


def rate(scenario: Scenario) -> float | None:
    """The mean rate in requests per second that is asked for; None: that of the trace."""
    asked = scenario.requests
    if not isinstance(asked, Generated):
        return None
    return asked.rate if asked.load is None else asked.load * capacity(scenario)


def log_normal(draws: np.random.Generator, cv: float, count: int) -> Floats:
    """Log-normal draws of mean 1 and this coefficient of variation."""
    sigma = sqrt(log(1 + cv * cv))
    return np.exp(sigma * draws.standard_normal(count) - sigma * sigma / 2)


def _machines(scenario: Scenario) -> list[list[int]]:
    """The pools by the machines they stand for: those on one device together."""
    machines: dict[str, list[int]] = {}
    for index, pool in enumerate(scenario.pools):
        machines.setdefault(pool.device or f"#{index}", []).append(index)
    return list(machines.values())


def _seconds(scenario: Scenario, model: str, pool: int) -> float:
    seconds = scenario.seconds(model, scenario.pools[pool])
    return seconds_at(seconds, 1) if seconds else inf
