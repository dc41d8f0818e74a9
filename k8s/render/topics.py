"""How topics come to be: a Job of ours, or KafkaTopics for Strimzi's operator."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from k8s import topics
from k8s.pools import PlannedPool
from k8s.render import app, pods
from k8s.render.metadata import Manifest, manifest
from k8s.schema import Deployment

COMPONENT: Final = "topics"
_STRIMZI: Final = "kafka.strimzi.io/v1"


def manifests(deployment: Deployment, pools: Sequence[PlannedPool]) -> list[Manifest]:
    """What creates them; nothing where somebody else does."""
    if deployment.kafka.topics == "strimzi":
        return [_kafka_topic(row, deployment) for row in topics.table(deployment, pools)]
    return [_job(deployment, pools)] if deployment.kafka.topics == "job" else []


def _kafka_topic(row: topics.Topic, deployment: Deployment) -> Manifest:
    kafka = deployment.kafka
    spec: dict[str, Any] = {
        "topicName": row.name,
        "partitions": row.partitions,
        "config": row.configuration,
    }
    if kafka.replication:
        spec["replicas"] = kafka.replication
    found = manifest(
        "KafkaTopic",
        _object_name(row.name),
        deployment,
        COMPONENT,
        version=_STRIMZI,
        more_labels={"strimzi.io/cluster": kafka.strimzi_cluster},
        spec=spec,
    )
    found["metadata"]["namespace"] = kafka.strimzi_namespace or deployment.namespace
    return found


def _object_name(topic: str) -> str:
    """A topic's name where it is one for an object too; otherwise it and what tells it apart."""
    name = topic.lower().replace("_", "-").strip(".-")
    return name if name == topic else f"{name}-{hashlib.sha256(topic.encode()).hexdigest()[:8]}"


def _job(deployment: Deployment, pools: Sequence[PlannedPool]) -> Manifest:
    """Named after what it does, since a Job cannot be changed: a new pool is a new Job."""
    spec = _spec(deployment, [pool.topic for pool in pools])
    content = json.dumps([spec, app.values(deployment)], sort_keys=True).encode()
    name = f"{deployment.name}-topics-{hashlib.sha256(content).hexdigest()[:8]}"
    return manifest("Job", name, deployment, COMPONENT, version="batch/v1", spec=spec)


def _spec(deployment: Deployment, pool_topics: list[str]) -> dict[str, Any]:
    labels = manifest("", "", deployment, COMPONENT)["metadata"]["labels"]
    arguments = ["topics", "create"]
    for topic in pool_topics:
        arguments += ["--pool-topic", topic]
    if deployment.kafka.replication:
        arguments += ["--copies", str(deployment.kafka.replication)]
    container = {
        "name": "topics",
        "image": deployment.images.app,
        "args": arguments,
        "env": pods.kafka_secrets(deployment),
        "envFrom": [{"configMapRef": {"name": app.name(deployment)}}],
        "resources": pods.resources("250m", "256Mi"),
        "securityContext": pods.container_security(),
        "volumeMounts": pods.mounts(deployment),
    }
    pod = {
        "restartPolicy": "OnFailure",
        "serviceAccountName": app.name(deployment),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": pods.pod_security(),
        "containers": [container],
        "volumes": pods.volumes(deployment),
    }
    return {"backoffLimit": 20, "template": {"metadata": {"labels": labels}, "spec": pod}}
