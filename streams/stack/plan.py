"""From a stack file to the processes it means; pure."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from streams.schema import Pool
from streams.settings import Settings
from streams.stack.schema import THIS_MACHINE, PoolSpec, StackFile
from streams.topics import Topic, Topics

Pacing = Mapping[str, Mapping[str, float]]
"""Architecture to model to factor (at least 1) over this machine's own time."""


DRAIN_S = 8.0
"""How long an instance may finish what it has when the stack stops."""
LEAN = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
"""Libraries beside the engine start no threads: the configuration says how many there are."""


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One function process: its name, pool, port and environment."""

    name: str
    pool: str
    port: int
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where the event source posts."""
        return f"http://127.0.0.1:{self.port}"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything ``up`` starts, in values."""

    pools: tuple[Pool, ...]
    instances: tuple[Instance, ...]

    def urls(self, pool: str) -> list[str]:
        """The instances of a pool."""
        return [instance.url for instance in self.instances if instance.pool == pool]


def topics(plan: Plan, settings: Settings) -> tuple[Topic, ...]:
    """Every topic the stack needs."""
    names = Topics(settings)
    return (*names.table(), *(names.pool_row(pool.topic) for pool in plan.pools))


def make(
    stack: StackFile, settings: Settings, pacing: Pacing, bootstrap: str, ports: list[int]
) -> Plan:
    """Lay out pools and instances; takes one port per instance from ``ports``, in order."""
    names = Topics(settings)
    free = iter(ports)
    pools, instances = [], []
    for spec in stack.pools:
        models = spec.models or stack.models
        pools.append(_pool(spec, models, names))
        for number in range(1, spec.instances + 1):
            name = f"{spec.name}-{number}"
            environment = _environment(stack, spec, settings, bootstrap)
            environment |= _pace(pacing.get(spec.architecture, {}), models)
            environment |= {"SYNERGAI_INSTANCE": name, "SYNERGAI_DEVICE": name}
            port = next(free)
            environment["SYNERGAI_PORT"] = str(port)
            instances.append(
                Instance(name=name, pool=spec.name, port=port, environment=environment)
            )
    return Plan(pools=tuple(pools), instances=tuple(instances))


def count(stack: StackFile) -> int:
    """How many instances, and so ports, a stack needs."""
    return sum(pool.instances for pool in stack.pools)


def _pool(spec: PoolSpec, models: tuple[str, ...], names: Topics) -> Pool:
    return Pool(
        name=spec.name,
        architecture=spec.architecture,
        configuration=spec.configuration.key,
        models=models,
        topic=names.pool(spec.architecture, spec.name),
        slots=spec.slots * spec.instances,
        emulated=spec.architecture != THIS_MACHINE,
        bandwidth_bytes_per_s=spec.bandwidth_bytes_per_s,
        busy_w=spec.power_w.busy - spec.power_w.idle if spec.power_w else 0.0,
    )


def _environment(
    stack: StackFile, spec: PoolSpec, settings: Settings, bootstrap: str
) -> dict[str, str]:
    return {
        **LEAN,
        "SYNERGAI_KAFKA_BOOTSTRAP": bootstrap,
        "SYNERGAI_TOPIC_PREFIX": settings.topic_prefix,
        "SYNERGAI_CACHE": str(settings.cache),
        "SYNERGAI_MODELS": ",".join(spec.models or stack.models),
        "SYNERGAI_MODEL_FOLDERS": os.pathsep.join(stack.model_folders),
        "SYNERGAI_POOL": spec.name,
        "SYNERGAI_ARCHITECTURE": spec.architecture,
        "SYNERGAI_CONFIGURATION": spec.configuration.key,
        "SYNERGAI_SLOTS": str(spec.slots),
        "SYNERGAI_MAX_REQUEST_BYTES": str(settings.max_request_bytes),
        "SYNERGAI_HOST": "127.0.0.1",
        "SYNERGAI_DRAIN_S": f"{DRAIN_S:g}",
    }


def _pace(factors: Mapping[str, float], models: tuple[str, ...]) -> dict[str, str]:
    paced = [f"{model}={factors[model]:g}" for model in models if model in factors]
    return {"SYNERGAI_PACE": ",".join(paced)}  # empty: one in our own environment must not leak


def source_pools(plan: Plan, path: Path) -> None:
    """Write the event source's file: pools, topics and where their instances listen."""
    rows = [
        {"name": pool.name, "topic": pool.topic, "urls": plan.urls(pool.name)}
        for pool in plan.pools
    ]
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows)))
