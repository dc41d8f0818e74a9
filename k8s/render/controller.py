"""The controller that warms pools: Deployment and what it may do."""

from typing import Final

from k8s.render import pods
from k8s.render.metadata import Manifest, manifest, selected
from k8s.schema import Deployment

COMPONENT: Final = "controller"
_PORT: Final = 9001


def name(deployment: Deployment) -> str:
    """Of all its objects."""
    return f"{deployment.name}-controller"


def replicas(deployment: Deployment) -> Manifest:
    """One leads, the others wait for its lease."""
    labels = manifest("", "", deployment, COMPONENT)["metadata"]["labels"]
    return manifest(
        "Deployment",
        name(deployment),
        deployment,
        COMPONENT,
        version="apps/v1",
        spec={
            "replicas": deployment.prewarm.replicas,
            "selector": {"matchLabels": selected(deployment, COMPONENT)},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "serviceAccountName": name(deployment),
                    "enableServiceLinks": False,
                    "securityContext": pods.pod_security(),
                    "containers": [_container(deployment)],
                    "volumes": [
                        *pods.volumes(deployment),
                        {
                            "name": "deployment",
                            "configMap": {"name": pods.knowledge(deployment)},
                        },
                    ],
                },
            },
        },
    )


def _container(deployment: Deployment) -> Manifest:
    own = {
        "fieldRef": {"fieldPath": "metadata.name"},
    }
    return {
        "name": "controller",
        "image": deployment.images.controller,
        "args": ["k8s", "controller", "-f", f"{pods.SETTINGS_FOLDER}/deployment.yaml"],
        "env": [
            *pods.variables(pods.kafka_values(deployment)),
            *pods.kafka_secrets(deployment),
            {"name": "SYNERGAI_INSTANCE", "valueFrom": own},
        ],
        "resources": pods.resources("250m", "256Mi"),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            *pods.mounts(deployment),
            {"name": "deployment", "mountPath": pods.SETTINGS_FOLDER, "readOnly": True},
        ],
    }
