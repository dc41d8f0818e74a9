"""The stream processor: its Deployment and disruption budget."""

import hashlib
import json
from typing import Final

from k8s import settings
from k8s.render import pods
from k8s.render.metadata import Manifest, manifest, selected
from k8s.schema import Deployment

COMPONENT: Final = "app"
PORT: Final = 9000
_DRAIN_S: Final = 60


def name(deployment: Deployment) -> str:
    """Of all its objects."""
    return f"{deployment.name}-app"


def values(deployment: Deployment) -> dict[str, str]:
    """Its settings; no secret is among them."""
    given = settings.environment(deployment.settings, (*settings.SHARED, *settings.APP))
    return {
        **pods.kafka_values(deployment),
        **given,
        "NUMBA_CACHE_DIR": "/tmp/numba",  # noqa: S108 - a volume of its own
        "SYNERGAI_APP_HOST": "0.0.0.0",  # noqa: S104 - probes and Prometheus come from outside
        "SYNERGAI_APP_PORT": str(PORT),
        "SYNERGAI_CACHE": pods.CACHE,
        "SYNERGAI_PROFILES": f"{pods.SETTINGS_FOLDER}/profiles.yaml",
        "SYNERGAI_TENANTS": ",".join(deployment.tenants),
    }


def workers(deployment: Deployment, profiles: str) -> Manifest:
    """Its workers; a change of settings or ``profiles`` rolls them."""
    content = hashlib.sha256(json.dumps([values(deployment), profiles]).encode()).hexdigest()
    labels = selected(deployment, COMPONENT)
    pod = {
        "serviceAccountName": name(deployment),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": pods.pod_security(),
        "terminationGracePeriodSeconds": _DRAIN_S,
        "topologySpreadConstraints": [_apart(labels)],
        "containers": [_container(deployment)],
        "volumes": [
            *pods.volumes(deployment),
            {"name": "deployment", "configMap": {"name": pods.knowledge(deployment)}},
        ],
    }
    annotations = {"synergai.org/settings": content[:16]}
    return manifest(
        "Deployment",
        name(deployment),
        deployment,
        COMPONENT,
        version="apps/v1",
        spec={
            "replicas": deployment.app.workers,
            "selector": {"matchLabels": labels},
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
            },
            "template": {
                "metadata": {
                    "labels": manifest("", "", deployment, COMPONENT)["metadata"]["labels"],
                    "annotations": annotations,
                },
                "spec": pod,
            },
        },
    )


def budget(deployment: Deployment) -> Manifest:
    """Of voluntary disruptions: one worker at a time."""
    return manifest(
        "PodDisruptionBudget",
        name(deployment),
        deployment,
        COMPONENT,
        version="policy/v1",
        spec={
            "maxUnavailable": 1,
            "selector": {"matchLabels": selected(deployment, COMPONENT)},
        },
    )


def _container(deployment: Deployment) -> Manifest:
    health = {"httpGet": {"path": "/health", "port": "metrics"}}
    alive = {"httpGet": {"path": "/metrics", "port": "metrics"}}
    return {
        "name": "app",
        "image": deployment.images.app,
        "args": ["app", "serve"],
        "env": pods.kafka_secrets(deployment),
        "envFrom": [{"configMapRef": {"name": name(deployment)}}],
        "ports": [{"name": "metrics", "containerPort": PORT}],
        "resources": pods.resources(str(deployment.app.cpu), str(deployment.app.memory)),
        "securityContext": pods.container_security(),
        "startupProbe": {**alive, "periodSeconds": 2, "failureThreshold": 90},
        "readinessProbe": {**health, "periodSeconds": 5},
        "livenessProbe": {**alive, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 6},
        "volumeMounts": [
            *pods.mounts(deployment),
            {"name": "deployment", "mountPath": pods.SETTINGS_FOLDER, "readOnly": True},
        ],
    }


def _apart(labels: dict[str, str]) -> Manifest:
    """Workers on different nodes, where there are several."""
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
    }
