"""What a policy is told of the service times before a run."""

from math import exp, log, sqrt

import numpy as np

from profiles.schema import Configuration, Latency, Profile, Source
from scheduler.estimator import Estimator
from scheduler.prior import Z90, Z99
from scheduler.simulator.types import Generated, Pool, Scenario, Seconds, column

_ENGINE = "simulated"
_STREAM = 10
_LEAST_FLOOR = 0.01
"""An estimate may fall to this share of the shortest profile."""


def configuration(pool: Pool) -> Configuration:
    """The configuration that a pool and its profiles have in a simulation."""
    return Configuration(engine=pool.configuration or _ENGINE)


def profiles(scenario: Scenario, seed: int = 0) -> tuple[Profile, ...]:
    """One profile per model and architecture that a pool has, with the errors of the scenario."""
    sigma = _told_sigma(scenario)
    error = 0.0 if scenario.estimate_error.told else scenario.estimate_error.per_profile
    places = {column(pool): pool for pool in reversed(scenario.pools)}
    draws = np.random.default_rng([seed, _STREAM])
    found = []
    for model, columns in scenario.profiles.items():
        for name, seconds in columns.items():
            factor = exp(error * draws.standard_normal())
            if name in places:
                found.append(_profile(model, places[name], seconds, factor, sigma))
    return tuple(found)


def estimator(scenario: Scenario, seed: int = 0) -> Estimator:
    """The estimator that a policy starts with; it corrects itself by what is reported."""
    told = profiles(scenario, seed)
    shortest_s = min(profile.latency().p50_s for profile in told)
    return Estimator(told, floor_s=min(1e-4, _LEAST_FLOOR * shortest_s))


def _told_sigma(scenario: Scenario) -> float:
    """Sigma of the logarithm of work x unpredictable error, if the policy may know it."""
    if not scenario.estimate_error.told:
        return 0.0
    asked = scenario.requests
    work_cv = asked.work_cv if isinstance(asked, Generated) else 0.0
    variations = (work_cv, scenario.estimate_error.per_request)
    return sqrt(sum(log(1 + cv * cv) for cv in variations))


def _profile(model: str, pool: Pool, seconds: Seconds, factor: float, sigma: float) -> Profile:
    """Quantiles of a log-normal of this mean and sigma; without sigma all are the same."""
    return Profile(
        model=model,
        architecture=pool.architecture,
        configuration=configuration(pool),
        latency_by_batch={
            size: _latency(mean_s * factor, sigma) for size, mean_s in seconds.items()
        },
        source=Source(kind="derived", detail="a simulated scenario"),
    )


def _latency(mean_s: float, sigma: float) -> Latency:
    median_s = mean_s * exp(-sigma * sigma / 2)
    return Latency(
        mean_s=mean_s,
        p50_s=median_s,
        p90_s=median_s * exp(Z90 * sigma),
        p99_s=median_s * exp(Z99 * sigma),
    )
