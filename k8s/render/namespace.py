"""The namespace, in which only restricted pods are admitted."""

from typing import Final

from k8s.render.metadata import Manifest, manifest
from k8s.schema import Deployment

_STANDARD: Final = "restricted"


def manifests(deployment: Deployment) -> list[Manifest]:
    """One; none where the file says that somebody else creates it."""
    if not deployment.create_namespace:
        return []
    security = {
        f"pod-security.kubernetes.io/{mode}": _STANDARD for mode in ("audit", "enforce", "warn")
    }
    return [
        manifest(
            "Namespace", deployment.namespace, deployment, "namespace",
            more_labels=security, clusterwide=True,
        )
    ]  # fmt: skip
