"""What a person is told about the models, in JSON values; no engine or image library is needed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from functions.catalogue.entries import ENTRIES
from functions.catalogue.models import Models
from functions.catalogue.own import OwnFolder
from functions.catalogue.wheel import digest
from functions.errors import UnknownModelError

Row = Mapping[str, Any]


def listed(models: Models) -> list[Row]:
    """One row per model, the same keys in each."""
    return [_row(models, name) for name in models.names]


def shown(models: Models, name: str) -> tuple[Row, Mapping[str, Path]]:
    """Everything about one model, and engine to file; the files are fetched if need be.

    Raises:
        UnknownModelError: no such model; lists what there is.
        TemporaryError: it could not be fetched now.
    """
    if name not in models.names:
        allowed = ", ".join(models.names)
        raise UnknownModelError(f"model: found {name!r}, allowed: {allowed}")
    files = _own_files(models.own[name]) if name in models.own else _fetched(models, name)
    row = {
        **_row(models, name),
        "source": _source(models, name),
        "files": {engine: str(path) for engine, path in files.items()},
        "sha256": {engine: digest(path) for engine, path in files.items()},
        "profile": _profile(name),
    }
    return row, files


def _row(models: Models, name: str) -> dict[str, Any]:
    return _own(models.own[name]) if name in models.own else _entry(models, name)


def _entry(models: Models, name: str) -> dict[str, Any]:
    entry = ENTRIES[name]
    return {
        "name": name,
        "description": entry.description,
        "engines": list(entry.nets),
        "precision": entry.precision,
        "max_batch": entry.max_batch,
        "media_types": list(entry.media_types),
        "size_bytes": sum(net.size_bytes for net in entry.nets.values()),
        "licence": entry.licence,
        "fetched": models.cache.holds(entry),
    }


def _own(own: OwnFolder) -> dict[str, Any]:
    said = own.said
    return {
        "name": said.name,
        "description": said.description,
        "engines": [said.engine],
        "precision": said.precision,
        "max_batch": said.max_batch,
        "media_types": list(own.media_types),
        "size_bytes": (own.folder / said.file).stat().st_size,
        "licence": said.licence,
        "fetched": True,
    }


def _own_files(own: OwnFolder) -> dict[str, Path]:
    return {own.said.engine: own.folder / own.said.file}


def _fetched(models: Models, name: str) -> dict[str, Path]:
    entry = ENTRIES[name]
    folder = models.cache.obtain(entry)
    return {engine: folder / net.name for engine, net in entry.nets.items()}


def _profile(name: str) -> str:
    """The command that shows what it costs."""
    if name in ENTRIES:
        return f"synergai profile show --model {name}"
    return "none: only models with a sample can be measured, and your own have none"


def _source(models: Models, name: str) -> str:
    if name in models.own:
        return f"your own folder {models.own[name].folder}"
    wheel = ENTRIES[name].wheel
    return f"wheel {wheel.file}, sha256 {wheel.sha256}"
