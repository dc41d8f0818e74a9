"""Profiles as YAML: a file or a folder of files, checked when read, written the same way twice."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import yaml

from profiles.errors import ProfileError
from profiles.once import parsed
from profiles.schema import Configuration, Latency, Profile, Source, SourceKind

FIELD = "profiles"
"""The one field of a file: a list of profiles."""

_STRUCTS = {"configuration": Configuration, "source": Source, "latency_by_batch": Latency}
_MAY_BE_EMPTY = {"licence", "machine", "versions"}


def load(path: Path) -> tuple[Profile, ...]:
    """All profiles of a file, or of every ``*.yaml`` under a folder, in the order of `key`.

    Raises:
        ProfileError: names the file, the field, what was found and what is allowed.
    """
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise ProfileError(f"{path}: found no file *.yaml, allowed: at least one")
    found: dict[tuple[str, str, str], tuple[Profile, str]] = {}
    for file in files:
        for place, profile in _read(file):
            if key(profile) in found:
                first = found[key(profile)][1]
                raise ProfileError(
                    f"{place}: found {' / '.join(key(profile))} twice, first in {first}; "
                    "allowed: each model, architecture and configuration once"
                )
            found[key(profile)] = (profile, place)
    return tuple(found[name][0] for name in sorted(found))


def save(profiles: Iterable[Profile], path: Path) -> None:
    """Write profiles to one file, as `text` has them.

    Raises:
        ProfileError: two profiles share a key, or the file cannot be written.
    """
    try:
        written = text(profiles)
    except ProfileError as error:
        raise ProfileError(f"{path}: {error}") from None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written.encode())
    except OSError as error:
        raise ProfileError(f"{path}: cannot be written: {error.strerror}") from None


def text(profiles: Iterable[Profile]) -> str:
    """Profiles as a file has them, in the order of `key`; the same ones give the same text.

    Raises:
        ProfileError: two profiles share a key.
    """
    ordered = sorted(profiles, key=key)
    names = [key(profile) for profile in ordered]
    twice = sorted({" / ".join(name) for name in names if names.count(name) > 1})
    if twice:
        raise ProfileError(
            f"{FIELD}: found {twice} more than once, "
            "allowed: each model, architecture and configuration once"
        )
    fields = {FIELD: [_plain(profile) for profile in ordered]}
    return yaml.safe_dump(fields, sort_keys=False, width=100)


def key(profile: Profile) -> tuple[str, str, str]:
    """What makes a profile one of its kind: model, architecture, key of the configuration."""
    return profile.model, profile.architecture, profile.configuration.key


def _read(file: Path) -> Iterator[tuple[str, Profile]]:
    """Each profile of one file, with its place for messages."""
    fields = _parsed(file)
    if (
        not isinstance(fields, dict)
        or set(fields) != {FIELD}
        or not isinstance(fields[FIELD], list)
    ):
        found = sorted(map(str, fields)) if isinstance(fields, dict) else type(fields).__name__
        raise ProfileError(f"{file}: found {found}, allowed: the one field {FIELD!r} with a list")
    for index, item in enumerate(fields[FIELD]):
        place = f"{file}: {FIELD}[{index}]"
        yield place, _converted(item, place)


def _parsed(file: Path) -> Any:
    try:
        return parsed(file.read_bytes())
    except OSError as error:
        raise ProfileError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ProfileError(f"{file}: no YAML: {error}") from None


def _converted(item: object, place: str) -> Profile:
    try:
        profile = msgspec.convert(item, Profile)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{place}: {_explained(str(error))}") from None
    if not profile.latency_by_batch:
        raise ProfileError(f"{place}: latency_by_batch: found no batch size, allowed: at least one")
    return profile


def _explained(message: str) -> str:
    """What msgspec says, with the field first and the allowed names where it leaves them out."""
    text, _, path = message.partition(" - at `")
    field = path.removeprefix("key` in `").removeprefix("$").rstrip("`").lstrip(".")
    if "enum value" in text:
        text += f", allowed: {', '.join(get_args(SourceKind))}"
    if "unknown field" in text:
        struct = _STRUCTS.get(field.partition("[")[0], Profile)
        text += f", allowed: {', '.join(struct.__struct_fields__)}"
    return f"{field}: {text}" if field else text


def _plain(profile: Profile) -> dict[str, Any]:
    """Fields in the order of the schema, batch sizes ascending, what is not known left out."""
    fields = msgspec.to_builtins(profile)
    fields["latency_by_batch"] = dict(sorted(fields["latency_by_batch"].items()))
    fields["configuration"] = _known(fields["configuration"])
    fields["source"] = _known(fields["source"])
    return _known(fields)


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    empty = {name for name in _MAY_BE_EMPTY if not fields.get(name)}
    return {name: value for name, value in fields.items() if name not in empty | _unknown(fields)}


def _unknown(fields: dict[str, Any]) -> set[str]:
    return {name for name, value in fields.items() if value is None}
