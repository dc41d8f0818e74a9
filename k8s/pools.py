"""The pools that a deployment file means, with everything that follows from profiles; pure."""

import math
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from k8s import choice
from k8s.checks import OBJECT_NAME_MOST
from k8s.errors import K8sError
from k8s.quantity import amount, cores, mebibytes
from k8s.schema import Architecture, Deployment, ModelVolume, PoolSpec, Scale
from profiles.schema import Configuration, Profile

START_S: Final = 3.0
"""From a started container to an interpreter that loads models, on a slow machine."""
PULL_S: Final = 600.0
"""What fetching an image may take before a Revision has failed."""
BASE_BYTES: Final = 320 * 1024 * 1024
"""Interpreter, engine and requests of an instance, beside its models."""
_GPU_ENGINES: Final = frozenset({"onnxruntime"})
_UNKNOWN_BYTES: Final = 256 * 1024 * 1024
_UNKNOWN_S: Final = 10.0


class PlannedPool(msgspec.Struct, frozen=True, kw_only=True):
    """One pool as it is deployed."""

    name: str
    group: str
    architecture: str
    machine: Architecture
    models: tuple[str, ...]
    configuration: Configuration
    generation: int
    topic: str
    """Also the consumer group of its source."""
    object_name: str
    """Of its Knative Service and of its KafkaSource."""
    slots: int
    cpu: str
    memory: str
    gpu: int
    """``nvidia.com/gpu`` of an instance."""
    scale: Scale
    cold_start_s: float
    """From nothing to ready, without fetching the image; 0 is never said."""
    model_volume: ModelVolume | None = None
    model_folders: tuple[str, ...] = ()

    @property
    def target(self) -> int:
        """Requests at a time that an instance is made for."""
        return self.slots * self.configuration.batch

    @property
    def concurrency(self) -> int:
        """Requests at a time that may reach an instance: as many again wait in its own queue."""
        return 2 * self.target

    @property
    def deadline_s(self) -> int:
        """Within which a new Revision must be ready: the image, and ten times the start."""
        return math.ceil((PULL_S + 10 * self.cold_start_s) / 10) * 10


def planned(deployment: Deployment, profiles: Iterable[Profile]) -> tuple[PlannedPool, ...]:
    """All pools, by name.

    Raises:
        K8sError: a configuration cannot be chosen, or pools do not fit; says what is allowed.
    """
    known = tuple(profiles)
    specs = dict(_matrix(deployment, known))
    for name, spec in deployment.pools.items():
        if name in specs:
            specs[name] = (specs[name][0], _merged(specs[name][1], spec))
        elif not spec.architecture or not spec.models:
            raise K8sError(
                f"pools: {name}: found no architecture or no models, allowed: both for a pool "
                f"more, or the name of one there is: {', '.join(sorted(specs))}"
            )
        else:
            specs[name] = (name, spec)
    pools = tuple(_planned(n, *specs[n], deployment, known) for n in sorted(specs))
    served = {model for pool in pools for model in pool.models}
    left = [model for model in deployment.every_model if model not in served]
    if left:
        raise K8sError(
            f"models: found {', '.join(left)} on no pool, allowed: models whose group an "
            "architecture or a pool has"
        )
    return pools


def _matrix(
    deployment: Deployment, profiles: tuple[Profile, ...]
) -> Iterable[tuple[str, tuple[str, PoolSpec]]]:
    """Each architecture with each group of models."""
    for architecture, machine in deployment.architectures.items():
        for group, models in _groups(architecture, machine, deployment, profiles).items():
            spec = PoolSpec(architecture=architecture, models=models)
            yield f"{architecture}-{group}", (group, spec)


def _groups(
    architecture: str, machine: Architecture, deployment: Deployment, profiles: tuple[Profile, ...]
) -> Mapping[str, tuple[str, ...]]:
    if isinstance(deployment.models, Mapping):
        wanted = machine.groups or tuple(deployment.models)
        return {group: deployment.models[group] for group in wanted}
    known = choice.on(architecture, deployment.models, profiles, _cores(machine.cpu))
    return choice.grouped(known, f"architectures: {architecture}")


def _merged(spec: PoolSpec, over: PoolSpec) -> PoolSpec:
    given = {
        field: getattr(over, field)
        for field in over.__struct_fields__
        if field not in {"architecture", "models"} or getattr(over, field)
    }
    return msgspec.structs.replace(spec, **given)


def _planned(
    name: str, group: str, spec: PoolSpec, deployment: Deployment, profiles: tuple[Profile, ...]
) -> PlannedPool:
    machine = deployment.architectures[spec.architecture]
    slots = spec.slots or machine.slots
    quantity = spec.cpu if spec.cpu is not None else machine.cpu
    known = choice.on(spec.architecture, spec.models, profiles, _cores(quantity))
    configuration = spec.configuration or choice.chosen(known, f"pools: {name}")
    costs = choice.of(tuple(known.values()), configuration.key)
    unknown = len(spec.models) - len(costs)
    memory = spec.memory if spec.memory is not None else machine.memory
    return PlannedPool(
        name=name,
        group=group,
        architecture=spec.architecture,
        machine=machine,
        models=spec.models,
        configuration=configuration,
        generation=spec.generation,
        topic=topic(deployment.topic_prefix, spec.architecture, name, spec.generation),
        object_name=_object_name(deployment.name, name, spec.generation),
        slots=slots,
        cpu=str(quantity) if quantity is not None else cores(configuration.threads * slots),
        memory=str(memory) if memory is not None else _memory(known.values(), slots),
        gpu=_gpu(machine, configuration),
        scale=spec.scale or machine.scale,
        cold_start_s=round(START_S + _start_s(costs, unknown), 3),
        model_volume=spec.model_volume,
        model_folders=spec.model_folders,
    )


def topic(prefix: str, architecture: str, pool: str, generation: int) -> str:
    """Of a pool's placements; the same word as in the streams room, which a test holds."""
    return f"{prefix}.system.arch.{architecture}.{pool}.g{generation}"


def _object_name(deployment: str, pool: str, generation: int) -> str:
    name = f"{deployment}-{pool}-g{generation}"
    if len(name) > OBJECT_NAME_MOST:
        allowed = f"at most {OBJECT_NAME_MOST} characters of deployment, pool and generation"
        raise K8sError(f"pools: {pool}: found the name {name} ({len(name)}), allowed: {allowed}")
    return name


def _gpu(machine: Architecture, configuration: Configuration) -> int:
    """As the file says; otherwise one where both the machine and the engine make use of it."""
    if machine.gpu is not None:
        return machine.gpu
    return int(machine.variant == "cuda" and configuration.engine in _GPU_ENGINES)


def _cores(quantity: str | float | None) -> float | None:
    return None if quantity is None else amount(quantity, "cpu")


def _memory(known: Iterable[choice.ByKey], slots: int) -> str:
    """Of each model the most that was seen.

    What a configuration adds to a process that runs already is often next to nothing.
    """
    nets = 0
    for found in known:
        seen = [profile.memory_bytes or 0 for profile in found.values()]
        nets += max(seen, default=0) or _UNKNOWN_BYTES
    return mebibytes(BASE_BYTES + slots * nets)


def _start_s(costs: list[Profile], unknown: int) -> float:
    return sum(cost.cold_start_s or _UNKNOWN_S for cost in costs) + unknown * _UNKNOWN_S
