"""Metadata that every object carries."""

from collections.abc import Mapping
from typing import Any

from k8s import labels
from k8s.schema import Deployment

Manifest = dict[str, Any]
"""One object as it is sent to the API server."""


def manifest(
    kind: str,
    name: str,
    deployment: Deployment,
    component: str,
    *,
    version: str = "v1",
    annotations: Mapping[str, str] | None = None,
    more_labels: Mapping[str, str] | None = None,
    clusterwide: bool = False,
    **fields: Any,
) -> Manifest:
    """An object of the deployment; ``fields`` are what comes beside its metadata."""
    metadata: Manifest = {"name": name}
    if not clusterwide:
        metadata["namespace"] = deployment.namespace
    own = labels.of_deployment(deployment.name) | {labels.COMPONENT: component}
    metadata["labels"] = dict(sorted({**own, **(more_labels or {})}.items()))
    if annotations:
        metadata["annotations"] = dict(sorted(annotations.items()))
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}


def selected(deployment: Deployment, component: str) -> dict[str, str]:
    """Labels by which the pods of one component are found; they never change."""
    return {labels.DEPLOYMENT: deployment.name, labels.COMPONENT: component}
