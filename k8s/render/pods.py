"""What pods have in common: restricted security, environment, Kafka's credentials."""

from collections.abc import Mapping
from typing import Any, Final

from k8s.schema import Deployment

CREDENTIALS_FOLDER: Final = "/etc/synergai/kafka"
"""Where the certificates of Kafka are mounted."""
CACHE: Final = "/var/cache/synergai"
"""Where images keep models and compiled code."""
SETTINGS_FOLDER: Final = "/etc/synergai/deployment"
"""Where profiles and the deployment file are mounted."""
_TMP: Final = "tmp"


def knowledge(deployment: Deployment) -> str:
    """Name of the ConfigMap that holds profiles and the deployment."""
    return f"{deployment.name}-deployment"


def container_security() -> dict[str, Any]:
    """The strictest of the pod security standards, restricted, and a read-only file system."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def pod_security() -> dict[str, Any]:
    """The same for all containers of a pod."""
    return {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def variables(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """An environment, by name."""
    return [{"name": name, "value": values[name]} for name in sorted(values)]


def resources(cpu: str, memory: str, gpu: int = 0) -> dict[str, Any]:
    """Requests equal limits, so that a neighbour takes nothing away."""
    amounts = {"cpu": cpu, "memory": memory}
    if gpu:
        amounts["nvidia.com/gpu"] = str(gpu)
    return {"limits": amounts, "requests": dict(amounts)}


def kafka_values(deployment: Deployment) -> dict[str, str]:
    """How Kafka is reached, without any secret."""
    kafka = deployment.kafka
    addresses = ",".join(address.strip() for address in kafka.bootstrap.split(","))
    values = {
        "SYNERGAI_KAFKA_BOOTSTRAP": addresses,
        "SYNERGAI_TOPIC_PREFIX": deployment.topic_prefix,
    }
    if kafka.tls:
        values["SYNERGAI_KAFKA_TLS"] = "true"
        for name, key in (
            ("CA", kafka.tls.ca), ("CERTIFICATE", kafka.tls.certificate), ("KEY", kafka.tls.key),
        ):  # fmt: skip
            if key:
                values[f"SYNERGAI_KAFKA_TLS_{name}"] = f"{CREDENTIALS_FOLDER}/{key}"
    return values


def kafka_secrets(deployment: Deployment) -> list[dict[str, Any]]:
    """Variables that Kubernetes fills in from a Secret."""
    sasl = deployment.kafka.sasl
    if sasl is None:
        return []
    keys = (("MECHANISM", sasl.mechanism), ("PASSWORD", sasl.password), ("USER", sasl.user))
    return [
        {
            "name": f"SYNERGAI_KAFKA_SASL_{name}",
            "valueFrom": {"secretKeyRef": {"name": sasl.secret, "key": key}},
        }
        for name, key in keys
    ]


def volumes(deployment: Deployment) -> list[dict[str, Any]]:
    """A place for temporary files, and Kafka's certificates where there are any."""
    tls = deployment.kafka.tls
    found: list[dict[str, Any]] = [{"name": _TMP, "emptyDir": {}}]
    if tls:
        keys = sorted({key for key in (tls.ca, tls.certificate, tls.key) if key})
        items = [{"key": key, "path": key} for key in keys]
        found.append({"name": "kafka", "secret": {"secretName": tls.secret, "items": items}})
    return found


def mounts(deployment: Deployment) -> list[dict[str, Any]]:
    """Where `volumes` are."""
    found: list[dict[str, Any]] = [{"name": _TMP, "mountPath": "/tmp"}]  # noqa: S108 - a volume
    if deployment.kafka.tls:
        found.append({"name": "kafka", "mountPath": CREDENTIALS_FOLDER, "readOnly": True})
    return found
