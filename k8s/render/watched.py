"""How Prometheus finds the metrics of a component: a Service, and a ServiceMonitor where asked."""

from k8s.render.metadata import Manifest, manifest, selected
from k8s.schema import Deployment

_VERSION = "monitoring.coreos.com/v1"


def watched(deployment: Deployment, component: str, port: int) -> list[Manifest]:
    """The Service of a component's metrics; with the Prometheus operator a ServiceMonitor too."""
    name, selector = f"{deployment.name}-{component}", selected(deployment, component)
    ports = [{"name": "metrics", "port": port, "targetPort": "metrics"}]
    spec = {"selector": selector, "ports": ports}
    found = [manifest("Service", name, deployment, component, spec=spec)]
    if deployment.monitoring:
        watching = {"selector": {"matchLabels": selector}, "endpoints": [{"port": "metrics"}]}
        found.append(
            manifest("ServiceMonitor", name, deployment, component, version=_VERSION, spec=watching)
        )
    return found
