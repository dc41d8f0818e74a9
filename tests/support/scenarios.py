"""Short ways to say scenarios, workloads and runs for tests of the simulator."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scheduler import registry
from scheduler.simulator import workload
from scheduler.simulator.engine import simulate
from scheduler.simulator.estimation import estimator
from scheduler.simulator.run import Run
from scheduler.simulator.types import Generated, Pool, Recorded, Scenario
from scheduler.simulator.workload import Workload

Profiles = Mapping[str, Mapping[str, float | dict[int, float]]]
"""Seconds by model and architecture; a single number is the time at batch 1."""
Requests = Sequence[tuple[float, str, float]]
"""Arrival, model, time to the deadline."""


def scenario(
    profiles: Profiles,
    *pools: Pool,
    requests: Generated | Recorded | None = None,
    **fields: Any,
) -> Scenario:
    """A scenario of these machines."""
    return Scenario(
        name="test",
        profiles={
            model: {
                architecture: seconds if isinstance(seconds, dict) else {1: seconds}
                for architecture, seconds in columns.items()
            }
            for model, columns in profiles.items()
        },
        pools=pools,
        requests=requests or Recorded(file="none.csv"),
        **fields,
    )


def one(architecture: str, instances: int = 1, **fields: Any) -> Pool:
    """A pool named after its architecture."""
    return Pool(name=architecture, architecture=architecture, instances=instances, **fields)


def asked(requests: Requests, **columns: Sequence[float]) -> Workload:
    """The requests as columns, models in order of appearance."""
    models = list(dict.fromkeys(model for _, model, _ in requests))
    return workload.of(
        models,
        [arrival for arrival, _, _ in requests],
        [models.index(model) for _, model, _ in requests],
        [qos for _, _, qos in requests],
        **{name: np.array(values) for name, values in columns.items()},
    )


def play(world: Scenario, load: Workload, policy: str = "least-loaded", seed: int = 0) -> Run:
    """The run of a policy written as on the command line."""
    name, parameters = registry.parse(policy)
    return simulate(
        world, load, registry.build(name, estimator(world, seed), parameters), seed=seed
    )
