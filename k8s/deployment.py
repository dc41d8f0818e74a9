"""The deployment file: read, filled with what follows from it, and checked."""

from pathlib import Path
from typing import Final

import msgspec

from k8s import labels
from k8s.checks import check
from k8s.reading import read
from k8s.schema import MACHINES, Architecture, Deployment, Images

__all__ = ["Deployment", "filled", "load"]

_RUNTIME_CLASS: Final = "nvidia"


def load(path: Path) -> Deployment:
    """Everything that one file says; nothing in it is left open any more.

    Raises:
        K8sError: names the file, the field, what was found and what is allowed.
    """
    deployment = filled(read(path), path.parent)
    check(deployment, str(path))
    return deployment


def filled(deployment: Deployment, folder: Path) -> Deployment:
    """With defaults that depend on other fields, and paths that are relative to ``folder``."""
    images = deployment.images
    profiles = deployment.profiles
    return msgspec.structs.replace(
        deployment,
        profiles=str((folder / profiles).resolve()) if profiles else "",
        images=msgspec.structs.replace(
            images,
            app=images.app or _image(images, "app"),
            controller=images.controller or _image(images, "controller"),
        ),
        architectures={
            name: _machine(name, architecture, images)
            for name, architecture in deployment.architectures.items()
        },
    )


def _machine(name: str, given: Architecture, images: Images) -> Architecture:
    variant = given.variant or MACHINES.get(name.partition("-")[0], "cpu")
    selector = given.node_selector
    runtime_class = _RUNTIME_CLASS if variant == "l4t" else ""
    return msgspec.structs.replace(
        given,
        variant=variant,
        image=given.image or _image(images, f"function-{variant}"),
        node_selector={labels.ARCHITECTURE: name} if selector is None else selector,
        runtime_class=runtime_class if given.runtime_class is None else given.runtime_class,
    )


def _image(images: Images, role: str) -> str:
    """Empty where neither a registry nor a tag says where it is."""
    if not images.registry or not images.tag:
        return ""
    return f"{images.registry.rstrip('/')}/synergai-{role}:{images.tag}"
