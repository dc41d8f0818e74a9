"""Knative Serving at work: what makes pods of Services, scales them and passes requests on."""

from typing import Final

import httpx

from streams.stack.free_ports import free_ports
from tests.k8s.bed import webhook
from tests.k8s.bed.control_plane import ControlPlane
from tests.k8s.bed.installed import FLAGS, NAMESPACE, Settings
from tests.k8s.bed.network import Network
from tests.k8s.bed.process import Process
from tests.k8s.bed.rest import named
from tests.k8s.bed.tools import Tools
from tests.k8s.bed.waiting import until

ACTIVATOR_PORT: Final = 8012
_PORTS: Final = {"http": 8012, "http2": 8013, "https": 8112}
SETTINGS: Final[Settings] = {
    **FLAGS,
    "config-autoscaler": {
        "stable-window": "6s",
        "scale-to-zero-grace-period": "6s",
        "allow-zero-initial-scale": "true",
    },
    "config-deployment": {
        "registries-skipping-tag-resolving": "dev.local,registry.example.org,example.org",
        "progress-deadline": "120s",
    },
    "config-network": {"mesh-compatibility-mode": "disabled"},
}
"""Short windows, so that scaling down is seen within a test; images of no registry."""


class Serving:
    """The four programs of Knative Serving."""

    def __init__(
        self, plane: ControlPlane, tools: Tools, network: Network, settings: Settings
    ) -> None:
        self._plane = plane
        self._network = network
        given = {name: {**SETTINGS.get(name, {}), **settings.get(name, {})}
                 for name in {*SETTINGS, *settings}}  # fmt: skip
        webhook.start(plane, tools, given)
        self._name_activator()
        self.autoscaler = self._program("autoscaler")
        self.controller = self._program("controller")
        self.activator = self._program("activator")
        until(self._activator_listens, "the activator listens")

    @property
    def activator_url(self) -> str:
        """Where requests for any revision go in."""
        return f"http://{self._network.cluster}:{ACTIVATOR_PORT}"

    def _program(self, name: str) -> Process:
        (profiling,) = free_ports(1)
        address = self._network.cluster
        known = webhook.knative_environment(self._plane, name, profiling, address)
        return self._plane.knative(f"knative-{name}", known, self._network.inside)

    def _name_activator(self) -> None:
        """Knative routes to the endpoints of this Service where a revision has no pods."""
        about = named("v1", "Service", "activator-service", NAMESPACE)
        about["metadata"]["labels"] = {"app": "activator"}
        fronts = {"http": 80, "http2": 81, "https": 443}
        ports = [{"name": n, "port": p, "targetPort": _PORTS[n]} for n, p in fronts.items()]
        self._plane.rest.apply({**about, "spec": {"ports": ports}})
        ends = {
            "addresses": [{"ip": self._network.cluster}],
            "ports": [{"name": name, "port": port} for name, port in _PORTS.items()],
        }
        self._plane.rest.apply({**about, "kind": "Endpoints", "subsets": [ends]})

    def _activator_listens(self) -> bool:
        """Any answer counts, also that it knows no such revision."""
        return bool(httpx.get(self.activator_url, trust_env=False).status_code)
