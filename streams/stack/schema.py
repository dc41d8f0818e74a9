"""The stack file: what ``synergai up`` runs."""

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Final, get_args

import msgspec
import yaml

from functions.engine.configuration import AUTO
from functions.runtimes import ENGINES
from profiles.explained import explained
from profiles.families import FAMILIES, Family
from profiles.schema import Configuration
from scheduler.errors import SchedulerError
from scheduler.estimator import Estimator
from scheduler.registry import spelled, variant
from streams.errors import StreamsError
from streams.topics import checked_name

_MOST: Final = 64
_ENGINES: Final = (AUTO, *ENGINES)
THIS_MACHINE = "this-machine"
"""The architecture that is never emulated."""


class PowerSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a slot draws, in watts."""

    idle: float = 0.0
    busy: float = 0.0


class PoolSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pool: so many instances of one configuration on one architecture."""

    name: str
    architecture: str = THIS_MACHINE
    instances: int = 1
    slots: int = 1
    """Requests an instance computes at a time."""
    models: tuple[str, ...] = ()
    """Empty: the stack's."""
    configuration: Configuration = Configuration(engine=AUTO)
    """``engine: auto`` runs each model on its preferred engine."""
    bandwidth_bytes_per_s: float = 0.0
    """Of the link to it, as believed until answers tell; 0: payloads take no time."""
    power_w: PowerSpec | None = None
    """Not given: what the profiles know."""


class PolicySpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How requests are placed, as fields; ``synergai policy show NAME`` says what there is."""

    name: str
    parameters: Mapping[str, float | int | str | bool] = {}


class StackFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole stack. With ``models`` alone it is this machine, nothing emulated."""

    models: tuple[str, ...]
    pools: tuple[PoolSpec, ...] = (PoolSpec(name="local"),)
    model_folders: tuple[str, ...] = ()
    """Folders of own models, relative to the stack file."""
    families: Mapping[str, Family] = {}
    """Family of own models by name: whose published figures pace them where emulated."""
    policy: PolicySpec | str = ""
    """As fields or as ``slo-mael:doomed=last``; empty: the setting's, which goes before this."""

    @property
    def emulated(self) -> tuple[str, ...]:
        """The architectures that this machine stands for, sorted."""
        return tuple(sorted({pool.architecture for pool in self.pools} - {THIS_MACHINE}))

    @property
    def variant(self) -> str | None:
        """The policy with its parameters in one text; None: the file says nothing of it."""
        if isinstance(self.policy, str):
            return self.policy or None
        return spelled(self.policy.name, self.policy.parameters)


def this_machine() -> StackFile:
    """What runs without a stack file: the catalogue on this machine, nothing emulated."""
    return StackFile(models=tuple(FAMILIES))


def load(path: Path) -> StackFile:
    """Read and check a stack file.

    Raises:
        StreamsError: names the file, the field, what was found and what is allowed.
    """
    try:
        fields = yaml.safe_load(path.read_text())
    except OSError as error:
        raise StreamsError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StreamsError(f"{path}: no YAML: {error}") from None
    try:
        stack = msgspec.convert(fields, StackFile)
    except msgspec.ValidationError as error:
        raise StreamsError(f"{path}: {explained(str(error), _fields())}") from None
    _check(stack, path)
    folders = tuple(str((path.parent / folder).resolve()) for folder in stack.model_folders)
    return msgspec.structs.replace(stack, model_folders=folders)


def _fields() -> dict[str, tuple[str, ...]]:
    return {
        "": StackFile.__struct_fields__,
        "pools[]": PoolSpec.__struct_fields__,
        "pools[].configuration": Configuration.__struct_fields__,
        "pools[].power_w": PowerSpec.__struct_fields__,
        "families[]": get_args(Family),
        "policy": PolicySpec.__struct_fields__,
    }


def _check(stack: StackFile, path: Path) -> None:
    if not stack.models or len(set(stack.models)) < len(stack.models):
        found = f"found {', '.join(stack.models) or 'none'}"
        raise StreamsError(f"{path}: models: {found}, allowed: at least one, each once")
    names = [pool.name for pool in stack.pools]
    if not names or len(set(names)) < len(names):
        raise StreamsError(f"{path}: pools: found names {names}, allowed: at least one, each once")
    for pool in stack.pools:
        checked_name(pool.name, f"{path}: pools: name")
        checked_name(pool.architecture, f"{path}: pools: {pool.name}: architecture")
        _check_numbers(pool, f"{path}: pools: {pool.name}")
        unknown = set(pool.models) - set(stack.models)
        if unknown:
            raise StreamsError(
                f"{path}: pools: {pool.name}: models: found {sorted(unknown)}, "
                f"allowed: {sorted(stack.models)} (the stack's models)"
            )
    _check_families(stack, path)
    try:
        if stack.variant is not None:
            variant(stack.variant, Estimator(()))
    except SchedulerError as error:
        raise StreamsError(f"{path}: {error}") from None


def _check_numbers(pool: PoolSpec, place: str) -> None:
    configuration = pool.configuration
    numbers = {
        "instances": pool.instances,
        "slots": pool.slots,
        "configuration: threads": configuration.threads,
        "configuration: batch": configuration.batch,
    }
    for field, found in numbers.items():
        if not 1 <= found <= _MOST:
            raise StreamsError(f"{place}: {field}: found {found}, allowed: 1 to {_MOST}")
    if configuration.engine not in _ENGINES:
        found_engine = f"{place}: configuration: engine: found {configuration.engine!r}"
        raise StreamsError(f"{found_engine}, allowed: {', '.join(_ENGINES)}")
    power = pool.power_w or PowerSpec()
    amounts = {
        "bandwidth_bytes_per_s": pool.bandwidth_bytes_per_s,
        "power_w: idle": power.idle,
        "power_w: busy": power.busy,
    }
    for name, value in amounts.items():
        if not 0 <= value < inf:
            raise StreamsError(f"{place}: {name}: found {value:g}, allowed: at least 0, finite")
    if power.busy < power.idle:
        allowed = f"allowed: at least idle, {power.idle:g}"
        raise StreamsError(f"{place}: power_w: busy: found {power.busy:g}, {allowed}")


def _check_families(stack: StackFile, path: Path) -> None:
    strangers = sorted(set(stack.models) - {*FAMILIES, *stack.families})
    if stack.emulated and strangers:
        raise StreamsError(
            f"{path}: families: found none for {', '.join(strangers)}, but {stack.emulated[0]} is "
            f"emulated and needs one; allowed: vision, detection, speech or language, e.g. "
            f"families: {{{strangers[0]}: vision}}"
        )
