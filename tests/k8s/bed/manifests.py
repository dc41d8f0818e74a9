"""Knative's own objects, taken from the Go modules that the programs are built from."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

_FOUND_BY: Final = {
    "serving": "knative.dev/serving/cmd/webhook",
    "networking": "knative.dev/networking/pkg/apis/networking",
    "caching": "knative.dev/caching/pkg/apis/caching",
}
"""A package of each module: `go list -m` asks for more than the module proxy may have."""

_FILES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "definitions": (
        ("serving", "config/core/300-resources/*.yaml"),
        ("networking", "config/certificate.yaml"),
        ("networking", "config/domain-claim.yaml"),
        ("networking", "config/ingress.yaml"),
        ("networking", "config/serverlessservice.yaml"),
        ("caching", "config/image.yaml"),
    ),
    "settings": (
        ("serving", "config/core/configmaps/*.yaml"),
        ("networking", "config/config-network.yaml"),
    ),
    "webhooks": (("serving", "config/core/webhooks/*.yaml"),),
}
"""Links inside a module are missing from its archive: those files come from their own modules."""


def collect(module: Path, target: Path, environment: Mapping[str, str]) -> None:
    """Write ``target``: an object with the lists ``definitions``, ``settings``, ``webhooks``.

    Raises:
        subprocess.CalledProcessError: the go command refused.
    """
    folders = {name: _folder(module, package, environment) for name, package in _FOUND_BY.items()}
    found = {
        kind: [each for name, glob in files for each in _objects(folders[name], glob)]
        for kind, files in _FILES.items()
    }
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps(found))
    draft.replace(target)


def _folder(module: Path, package: str, environment: Mapping[str, str]) -> Path:
    command = ["go", "list", "-f", "{{.Module.Dir}}", package]
    said = subprocess.check_output(command, cwd=module, env=environment, text=True)
    return Path(said.strip())


def _objects(folder: Path, glob: str) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob(glob)):
        yield from (each for each in yaml.safe_load_all(file.read_text()) if each)
