"""The stack file: what ``synergai up`` runs."""

from pathlib import Path

import msgspec
import yaml

from profiles.schema import Configuration
from streams.errors import StreamsError
from streams.topics import checked_name

_MOST = 64
THIS_MACHINE = "this-machine"
"""The architecture that is never emulated."""


class PoolSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pool: so many instances of one configuration on one architecture."""

    name: str
    architecture: str = THIS_MACHINE
    instances: int = 1
    slots: int = 1
    """Requests an instance computes at a time."""
    models: tuple[str, ...] = ()
    """Empty: the stack's."""
    configuration: Configuration = Configuration(engine="auto")
    """``engine: auto`` runs each model on its preferred engine."""


class StackFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole stack. With ``models`` alone it is this machine, nothing emulated."""

    models: tuple[str, ...]
    pools: tuple[PoolSpec, ...] = (PoolSpec(name="local"),)
    model_folders: tuple[str, ...] = ()
    """Folders of own models, relative to the stack file."""


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
        raise StreamsError(f"{path}: {error}") from None
    _check(stack, path)
    folders = tuple(str((path.parent / folder).resolve()) for folder in stack.model_folders)
    return msgspec.structs.replace(stack, model_folders=folders)


def _check(stack: StackFile, path: Path) -> None:
    if not stack.models:
        raise StreamsError(f"{path}: models: found none, allowed: at least one")
    names = [pool.name for pool in stack.pools]
    if not names or len(set(names)) < len(names):
        raise StreamsError(f"{path}: pools: found names {names}, allowed: at least one, each once")
    for pool in stack.pools:
        checked_name(pool.name, f"{path}: pools: name")
        checked_name(pool.architecture, f"{path}: pools: {pool.name}: architecture")
        for field in ("instances", "slots"):
            if not 1 <= getattr(pool, field) <= _MOST:
                found = getattr(pool, field)
                raise StreamsError(
                    f"{path}: pools: {pool.name}: {field}: found {found}, allowed: 1 to {_MOST}"
                )
        unknown = set(pool.models) - set(stack.models)
        if unknown:
            raise StreamsError(
                f"{path}: pools: {pool.name}: models: found {sorted(unknown)}, "
                f"allowed: {sorted(stack.models)} (the stack's models)"
            )
