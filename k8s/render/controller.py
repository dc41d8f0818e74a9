"""The controller, which warms pools and tells the scheduler of them: its Deployment."""

from typing import Final

from k8s.render import pods
from k8s.render.metadata import Manifest, manifest, selected
from k8s.schema import Deployment

COMPONENT: Final = "controller"
PORT: Final = 9001


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
    own = {"fieldRef": {"fieldPath": "metadata.name"}}
    health = {"httpGet": {"path": "/health", "port": "metrics"}}
    alive = {"httpGet": {"path": "/metrics", "port": "metrics"}}
    return {
        "name": "controller",
        "image": deployment.images.controller,
        "args": [
            *("k8s", "controller", "-f", f"{pods.SETTINGS_FOLDER}/deployment.yaml"),
            *("--host", "0.0.0.0", "--port", str(PORT)),  # noqa: S104 - probes come from outside
        ],
        "env": [
            *pods.variables(pods.kafka_values(deployment)),
            *pods.kafka_secrets(deployment),
            {"name": "SYNERGAI_INSTANCE", "valueFrom": own},
        ],
        "ports": [{"name": "metrics", "containerPort": PORT}],
        "readinessProbe": {**health, "periodSeconds": 5},
        "livenessProbe": {**alive, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 6},
        "resources": pods.resources("250m", "384Mi"),
        "securityContext": pods.container_security(),
        "volumeMounts": [
            *pods.mounts(deployment),
            {"name": "deployment", "mountPath": pods.SETTINGS_FOLDER, "readOnly": True},
        ],
    }
