"""What a file holds: manifests as they are, or a deployment file that is rendered first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from k8s.deployment import load
from k8s.errors import K8sError
from k8s.known import profiles_of
from k8s.render import Manifest, render
from profiles.once import OnceLoader


def manifests(path: Path) -> list[Manifest]:
    """The objects of a file, or of every ``*.yaml`` and ``*.json`` under a folder.

    Raises:
        K8sError: names the file and what is wrong with it.
    """
    if path.is_dir():
        files = sorted(f for f in path.rglob("*") if f.suffix in {".yaml", ".yml", ".json"})
        return [each for file in files for each in _manifests(file)]
    return _manifests(path)


def _manifests(path: Path) -> list[Manifest]:
    documents = [each for each in _documents(path) if each is not None]
    if documents and all(_is_manifest(each) for each in documents):
        return [inner for each in documents for inner in _unpacked(each)]
    deployment = load(path)
    return render(deployment, profiles_of(deployment))


def _documents(path: Path) -> list[Any]:
    try:
        return list(yaml.load_all(path.read_bytes(), Loader=OnceLoader))
    except OSError as error:
        raise K8sError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise K8sError(f"{path}: no YAML: {' '.join(str(error).split())}") from None


def _is_manifest(document: Any) -> bool:
    return isinstance(document, dict) and {"apiVersion", "kind"} <= document.keys()


def _unpacked(document: Manifest) -> Iterator[Manifest]:
    """The items of a List; anything else is itself."""
    if document["kind"] != "List":
        yield document
        return
    items = document.get("items")
    yield from (each for each in items if _is_manifest(each)) if isinstance(items, list) else ()
