"""ConfigMaps: the app's settings, the profiles of what is deployed, the deployment itself."""

from collections.abc import Iterable
from typing import Final

import msgspec
import yaml

from k8s.errors import K8sError
from k8s.pools import PlannedPool
from k8s.render import app, pods
from k8s.render.metadata import Manifest, manifest
from k8s.schema import Deployment
from profiles import store
from profiles.schema import Profile

_MOST_BYTES: Final = 1_000_000
"""A ConfigMap holds 1 MiB."""


def settings(deployment: Deployment) -> Manifest:
    """What the app reads from its environment."""
    data = dict(sorted(app.values(deployment).items()))
    return manifest("ConfigMap", app.name(deployment), deployment, app.COMPONENT, data=data)


def knowledge(deployment: Deployment, profiles: str) -> Manifest:
    """Profiles and the deployment, as app and controller read them.

    Raises:
        K8sError: more than fits into a ConfigMap.
    """
    data = {"deployment.yaml": written(deployment), "profiles.yaml": profiles}
    size = sum(len(text.encode()) for text in data.values())
    if size > _MOST_BYTES:
        raise K8sError(
            f"profiles: found {size} bytes of them for the models of this deployment, allowed: "
            f"{_MOST_BYTES}; keep the configurations that matter"
        )
    return manifest("ConfigMap", pods.knowledge(deployment), deployment, "configuration", data=data)


def relevant(pools: Iterable[PlannedPool], profiles: Iterable[Profile]) -> str:
    """The profiles of the pools' models and architectures, as a file has them."""
    wanted = {(model, pool.architecture) for pool in pools for model in pool.models}
    return store.text(p for p in profiles if (p.model, p.architecture) in wanted)


def written(deployment: Deployment) -> str:
    """The deployment as a file that says the same inside the cluster."""
    there = msgspec.structs.replace(deployment, profiles=f"{pods.SETTINGS_FOLDER}/profiles.yaml")
    return yaml.safe_dump(msgspec.to_builtins(there), sort_keys=True, width=100)
