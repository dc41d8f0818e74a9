"""A pool: its Knative Service, and the KafkaSource that feeds it."""

import math
from typing import Any, Final

import msgspec

from k8s import labels, settings
from k8s.pools import PlannedPool
from k8s.render import pods
from k8s.render.metadata import Manifest, manifest
from k8s.schema import Deployment, Sasl, Tls

COMPONENT: Final = "function"
SERVING: Final = "serving.knative.dev/v1"
SOURCES: Final = "sources.knative.dev/v1"
PORT: Final = 8080
"""Where a function listens; Knative tells it so too."""
_TIMEOUT_S: Final = 300
"""Of one delivery, a cold start included; Knative's default for a Revision."""
_UTILIZATION: Final = "70"
_LEAN: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
"""Libraries beside the engine start no threads: the configuration says how many there are."""


def service(pool: PlannedPool, deployment: Deployment) -> Manifest:
    """The Knative Service: instances of one configuration on one architecture."""
    return manifest(
        "Service",
        pool.object_name,
        deployment,
        COMPONENT,
        version=SERVING,
        annotations=_annotations(pool) | _scaling(pool),
        more_labels=_labels(pool) | {"networking.knative.dev/visibility": "cluster-local"},
        spec={"template": _template(pool, deployment)},
    )


def source(pool: PlannedPool, deployment: Deployment) -> Manifest:
    """The KafkaSource: what is placed on the pool is POSTed to its Service."""
    spec: Manifest = {
        "bootstrapServers": pods.kafka_values(deployment)["SYNERGAI_KAFKA_BOOTSTRAP"].split(","),
        "topics": [pool.topic],
        "consumerGroup": pool.topic,
        "consumers": 1,
        "initialOffset": "earliest",
        "ordering": "unordered",
        "delivery": {
            "retry": 3,
            "backoffPolicy": "exponential",
            "backoffDelay": "PT0.2S",
            "timeout": f"PT{_TIMEOUT_S}S",
        },
        "sink": {"ref": {"apiVersion": SERVING, "kind": "Service", "name": pool.object_name}},
    }
    net = _net(deployment.kafka.sasl, deployment.kafka.tls)
    if net:
        spec["net"] = net
    return manifest(
        "KafkaSource",
        pool.object_name,
        deployment,
        "source",
        version=SOURCES,
        annotations=_annotations(pool),
        more_labels=_labels(pool),
        spec=spec,
    )


def _labels(pool: PlannedPool) -> dict[str, str]:
    return {
        labels.POOL: pool.name,
        labels.ARCHITECTURE: pool.architecture,
        labels.MODEL_GROUP: pool.group,
    }


def _annotations(pool: PlannedPool) -> dict[str, str]:
    return {
        labels.GENERATION: str(pool.generation),
        labels.TOPIC: pool.topic,
        labels.CONFIGURATION: pool.configuration.key,
        labels.MODELS: ",".join(pool.models),
    }


def _scaling(pool: PlannedPool) -> dict[str, str]:
    """For the controller; on the Service alone, since a change is no reason for a new Revision."""
    return {labels.SLOTS: str(pool.slots), labels.COLD_START: f"{pool.cold_start_s:g}"}


def _template(pool: PlannedPool, deployment: Deployment) -> Manifest:
    own = labels.of_deployment(deployment.name) | {labels.COMPONENT: COMPONENT} | _labels(pool)
    scaling = {
        "autoscaling.knative.dev/class": "kpa.autoscaling.knative.dev",
        "autoscaling.knative.dev/max-scale": str(pool.scale.max),
        "autoscaling.knative.dev/metric": "concurrency",
        "autoscaling.knative.dev/min-scale": str(pool.scale.min),
        "autoscaling.knative.dev/target": str(pool.target),
        "autoscaling.knative.dev/target-burst-capacity": "-1",
        "autoscaling.knative.dev/target-utilization-percentage": _UTILIZATION,
        "serving.knative.dev/progress-deadline": f"{pool.deadline_s}s",
    }
    annotations = dict(sorted({**scaling, **_annotations(pool)}.items()))
    return {
        "metadata": {"labels": dict(sorted(own.items())), "annotations": annotations},
        "spec": {
            "containerConcurrency": pool.concurrency,
            "timeoutSeconds": _TIMEOUT_S,
            "enableServiceLinks": False,
            "serviceAccountName": f"{deployment.name}-function",
            "automountServiceAccountToken": False,
            **_placing(pool),
            "containers": [_container(pool, deployment)],
            "volumes": _volumes(pool, deployment),
        },
    }


def _placing(pool: PlannedPool) -> Manifest:
    machine = pool.machine
    fields = {
        "nodeSelector": dict(sorted((machine.node_selector or {}).items())),
        "runtimeClassName": machine.runtime_class or "",
        "tolerations": [_toleration(each) for each in machine.tolerations],
        "affinity": msgspec.to_builtins(machine.affinity),
    }
    return {name: value for name, value in fields.items() if value}


def _toleration(toleration: Any) -> Manifest:
    fields: Manifest = msgspec.to_builtins(toleration)
    return {name: value for name, value in fields.items() if value}


def _container(pool: PlannedPool, deployment: Deployment) -> Manifest:
    ready = {"path": "/health/ready"}
    return {
        "name": "function",
        "image": pool.machine.image,
        "args": ["function", "serve"],
        "env": [*pods.variables(_values(pool, deployment)), *_references(pool, deployment)],
        "resources": pods.resources(pool.cpu, pool.memory, pool.gpu),
        "securityContext": pods.container_security(),
        "ports": [{"name": "http1", "containerPort": PORT}],
        "readinessProbe": {"httpGet": ready, "successThreshold": 1},
        "startupProbe": {
            "httpGet": {**ready, "port": PORT},  # the one probe whose port Knative does not fill in
            "periodSeconds": 1,
            "failureThreshold": max(60, math.ceil(10 * pool.cold_start_s)),
        },
        "livenessProbe": {
            "httpGet": {"path": "/health/live"},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 6,
        },
        "volumeMounts": _mounts(pool, deployment),
    }


def _values(pool: PlannedPool, deployment: Deployment) -> dict[str, str]:
    given = deployment.settings
    values = pods.kafka_values(deployment) | _LEAN
    values |= settings.environment(given, (*settings.SHARED, *settings.FUNCTIONS))
    values |= {
        "SYNERGAI_ARCHITECTURE": pool.architecture,
        "SYNERGAI_CACHE": pods.CACHE,
        "SYNERGAI_CONFIGURATION": pool.configuration.key,
        "SYNERGAI_HOST": "0.0.0.0",  # noqa: S104 - queue-proxy reaches it from inside the pod
        "SYNERGAI_MODELS": ",".join(pool.models),
        "SYNERGAI_POOL": pool.name,
        "SYNERGAI_SLOTS": str(pool.slots),
    }
    if pool.model_folders:
        values["SYNERGAI_MODEL_FOLDERS"] = ":".join(pool.model_folders)
    return values


def _references(pool: PlannedPool, deployment: Deployment) -> list[Manifest]:
    found = pods.kafka_secrets(deployment)
    if pool.machine.share_device:
        node = {"fieldRef": {"fieldPath": "spec.nodeName"}}
        found.append({"name": "SYNERGAI_DEVICE", "valueFrom": node})
    return found


def _volumes(pool: PlannedPool, deployment: Deployment) -> list[Manifest]:
    found = pods.volumes(deployment)
    if pool.model_volume:
        claim = {"claimName": pool.model_volume.claim, "readOnly": True}
        found.append({"name": "models", "persistentVolumeClaim": claim})
    return found


def _mounts(pool: PlannedPool, deployment: Deployment) -> list[Manifest]:
    found = pods.mounts(deployment)
    if pool.model_volume:
        found.append({"name": "models", "mountPath": pool.model_volume.path, "readOnly": True})
    return found


def _net(sasl: Sasl | None, tls: Tls | None) -> Manifest:
    net: Manifest = {}
    if sasl:
        keys = {"user": sasl.user, "password": sasl.password, "type": sasl.mechanism}
        net["sasl"] = {"enable": True, **_by_reference(sasl.secret, keys)}
    if tls:
        keys = {"caCert": tls.ca, "cert": tls.certificate, "key": tls.key}
        net["tls"] = {"enable": True, **_by_reference(tls.secret, keys)}
    return net


def _by_reference(secret: str, keys: dict[str, str]) -> Manifest:
    return {
        name: {"secretKeyRef": {"name": secret, "key": key}} for name, key in keys.items() if key
    }
