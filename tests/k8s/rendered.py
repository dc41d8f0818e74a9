"""Deployment files for tests, and what they are rendered to."""

from pathlib import Path
from typing import Any

import yaml

from k8s.deployment import load
from k8s.known import profiles_of
from k8s.render import render

GOLDEN = Path(__file__).parent / "render" / "golden"
CASES = sorted(path.parent.name for path in GOLDEN.glob("*/deployment.yaml"))
Manifest = dict[str, Any]


def rendered(path: Path) -> list[Manifest]:
    """The objects of a deployment file."""
    deployment = load(path)
    return render(deployment, profiles_of(deployment))


def written(folder: Path, text: str, **changes: Any) -> Path:
    """A deployment file in ``folder``: fields of ``text``, with ``changes`` on top."""
    path = folder / "deployment.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(text) | changes))
    return path


def case(name: str) -> list[Manifest]:
    """The objects of a golden case."""
    return rendered(GOLDEN / name / "deployment.yaml")


def of_kind(manifests: list[Manifest], kind: str, group: str = "") -> list[Manifest]:
    """Those of one kind; ``group``: what the API version begins with."""
    return [m for m in manifests if m["kind"] == kind and m["apiVersion"].startswith(group)]
