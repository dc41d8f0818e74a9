"""Knative Serving's webhook: it defaults and refuses what is applied."""

from typing import Final

from streams.stack.free_ports import free_ports
from tests.k8s.bed.control_plane import ControlPlane
from tests.k8s.bed.installed import NAMESPACE, Settings, install
from tests.k8s.bed.process import Process
from tests.k8s.bed.rest import Object, RefusedError, Rest, named
from tests.k8s.bed.tools import Tools
from tests.k8s.bed.waiting import until

_CONFIGURATIONS: Final = (
    ("MutatingWebhookConfiguration", "webhook.serving.knative.dev"),
    ("ValidatingWebhookConfiguration", "validation.webhook.serving.knative.dev"),
    ("ValidatingWebhookConfiguration", "config.webhook.serving.knative.dev"),
)


def start(plane: ControlPlane, tools: Tools, settings: Settings) -> Process:
    """Install Knative's objects and the webhook; returns when it answers for a Service."""
    port, profiling = free_ports(2)
    given = knative_environment(plane, "webhook", profiling)
    given |= {"WEBHOOK_NAME": "webhook", "WEBHOOK_PORT": str(port)}
    install(plane.rest, tools, port, settings)
    webhook = plane.knative("knative-webhook", given)
    until(lambda: _has_certificates(plane.rest), "the webhook's certificates are there")
    until(lambda: _answers(plane.rest), "the webhook answers")
    return webhook


def knative_environment(
    plane: ControlPlane, name: str, profiling: int, address: str = "127.0.0.1"
) -> dict[str, str]:
    """What Knative's deployments tell each of their programs."""
    return {
        "KUBECONFIG": str(plane.kubeconfig),
        "SYSTEM_NAMESPACE": NAMESPACE,
        "CONFIG_LOGGING_NAME": "config-logging",
        "CONFIG_OBSERVABILITY_NAME": "config-observability",
        "CLUSTER_DOMAIN": "cluster.local",
        "POD_NAME": f"{name}-0",
        "POD_IP": address,
        "PROFILING_PORT": str(profiling),
        "KUBE_API_QPS": "200",
        "KUBE_API_BURST": "400",
    }


def _has_certificates(rest: Rest) -> bool:
    found = [
        rest.get(named("admissionregistration.k8s.io/v1", kind, name))
        for kind, name in _CONFIGURATIONS
    ]
    return all(each["clientConfig"].get("caBundle") for one in found for each in one["webhooks"])


def _answers(rest: Rest) -> bool:
    try:
        rest.create(probe(), dry=True)
    except RefusedError:
        return False
    return True


def probe() -> Object:
    """The smallest Service."""
    container = {"image": "dev.local/synergai/probe:bed"}
    spec = {"template": {"spec": {"containers": [container]}}}
    return named("serving.knative.dev/v1", "Service", "probe") | {"spec": spec}
