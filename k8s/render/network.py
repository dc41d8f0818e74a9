"""Who may talk to whom: everything that is not named here is refused."""

from typing import Any, Final

from k8s.render import app, controller, pool, topics
from k8s.render.metadata import Manifest, manifest, selected
from k8s.schema import Deployment

_DNS: Final = 53
_HTTPS: Final = (443, 6443)
"""Where API servers listen, inside the cluster and as its nodes see it."""
_QUEUE_PROXY: Final = (8012, 8013, 8022, 8112, 9090, 9091)
"""Requests, probes and the figures that the autoscaler reads."""
_NAMESPACE: Final = "kubernetes.io/metadata.name"
_SERVING: Final = "knative-serving"


def policies(deployment: Deployment) -> list[Manifest]:
    """One for each component; none where the file says so."""
    if not deployment.network.policies:
        return []
    watched = [_from(deployment.network.monitoring_namespace, app.PORT)]
    activated = [_from(_SERVING, *_QUEUE_PROXY)]
    found = [
        _policy(deployment, app.COMPONENT, watched, _kafka(deployment)),
        _policy(deployment, pool.COMPONENT, activated, _kafka(deployment)),
    ]
    if deployment.kafka.topics == "job":
        found.append(_policy(deployment, topics.COMPONENT, [], _kafka(deployment)))
    outward = [*_kafka(deployment), _to(*_HTTPS)]
    inward = [_from(deployment.network.monitoring_namespace, controller.PORT)]
    return [*found, _policy(deployment, controller.COMPONENT, inward, outward)]


def _policy(
    deployment: Deployment,
    component: str,
    ingress: list[dict[str, Any]],
    egress: list[dict[str, Any]],
) -> Manifest:
    return manifest(
        "NetworkPolicy",
        f"{deployment.name}-{component}",
        deployment,
        component,
        version="networking.k8s.io/v1",
        spec={
            "podSelector": {"matchLabels": selected(deployment, component)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": egress,
        },
    )


def _from(namespace: str, *ports: int) -> dict[str, Any]:
    peer = {"namespaceSelector": {"matchLabels": {_NAMESPACE: namespace}}}
    return {"from": [peer], "ports": [{"protocol": "TCP", "port": port} for port in ports]}


def _to(*ports: int) -> dict[str, Any]:
    return {"ports": [{"protocol": "TCP", "port": port} for port in ports]}


def _kafka(deployment: Deployment) -> list[dict[str, Any]]:
    """Names are looked up and Kafka is reached, wherever it is."""
    addresses = deployment.kafka.bootstrap.split(",")
    ports = {int(address.strip().rpartition(":")[2]) for address in addresses}
    asked = [{"protocol": protocol, "port": _DNS} for protocol in ("UDP", "TCP")]
    return [{"ports": asked}, _to(*sorted(ports | set(deployment.network.egress_ports)))]
