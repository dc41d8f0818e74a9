"""The larger bed: nodes, pods, scaling and traffic."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import httpx

from tests.k8s.bed import nodes
from tests.k8s.bed.api import Api
from tests.k8s.bed.container import Containers
from tests.k8s.bed.control_plane import ControlPlane
from tests.k8s.bed.ingress import Ingress
from tests.k8s.bed.installed import Settings
from tests.k8s.bed.kubelet import Kubelet
from tests.k8s.bed.network import Network
from tests.k8s.bed.rest import Object, named
from tests.k8s.bed.serving import Serving
from tests.k8s.bed.tools import Tools

_RUNTIME_CLASS: Final = {
    "apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass",
    "metadata": {"name": "nvidia"}, "handler": "nvidia",
}  # fmt: skip
_POST_S: Final = 60.0


class Cluster(Api):
    """A running cluster; ``machine`` is the address under which its pods find this machine."""

    def __init__(
        self, plane: ControlPlane, network: Network, serving: Serving, kubelet: Kubelet
    ) -> None:
        super().__init__(plane)
        self.serving = serving
        self.kubelet = kubelet
        self.machine = network.machine

    def restart_server(self) -> None:
        """Kill the API server and start it anew."""
        self._plane.restart_server()

    def revision(self, service: str, namespace: str = "default") -> str:
        """The latest revision of a Service that was ready; empty: none yet."""
        found = self.rest.find(named("serving.knative.dev/v1", "Service", service, namespace))
        return str((found or {}).get("status", {}).get("latestReadyRevisionName", ""))

    def replicas(self, revision: str, namespace: str = "default") -> int:
        """How many pods a revision is wanted to have."""
        about = named("apps/v1", "Deployment", f"{revision}-deployment", namespace)
        return int(self.rest.get(about)["spec"].get("replicas", 0))

    def pods(
        self, namespace: str = "default", labels: Mapping[str, str] | None = None,
        *, leaving: bool = False,
    ) -> list[Object]:  # fmt: skip
        """The pods of a namespace that carry these labels; ``leaving``: also those that leave."""
        wanted = (labels or {}).items()
        return [
            each
            for each in self.rest.items("v1", "Pod", namespace)
            if wanted <= each["metadata"].get("labels", {}).items()
            and (leaving or not each["metadata"].get("deletionTimestamp"))
        ]

    def call(
        self, revision: str, path: str = "/", namespace: str = "default",
        headers: Mapping[str, str] | None = None, body: bytes | None = None,
    ) -> httpx.Response:  # fmt: skip
        """One request through the activator, which starts a pod where there is none."""
        given = {**to_revision(namespace, revision), **(headers or {})}
        method = "GET" if body is None else "POST"
        return httpx.request(
            method, f"{self.serving.activator_url}{path}", headers=given, content=body,
            timeout=_POST_S, trust_env=False,
        )  # fmt: skip


def to_revision(namespace: str, revision: str) -> dict[str, str]:
    """The headers by which the activator knows where a request belongs."""
    return {"Knative-Serving-Namespace": namespace, "Knative-Serving-Revision": revision}


@contextmanager
def running(
    folder: Path,
    tools: Tools,
    programs: Mapping[str, Sequence[str]] | None = None,
    settings: Settings | None = None,
) -> Iterator[Cluster]:
    """Everything. ``programs``: what an image runs; ``settings``: of Knative's ConfigMaps."""
    with Network(folder) as network, ControlPlane(folder, tools, network.machine) as plane:
        plane.start_controllers()
        serving = Serving(plane, tools, network, settings or {})
        plane.rest.apply(_RUNTIME_CLASS)
        for each in nodes.NODES:
            nodes.register(plane.rest, each)
        containers = Containers(plane.rest, tools, programs or {}, plane.access)
        logs = folder / "pods"
        logs.mkdir()
        names = [each.name for each in nodes.NODES]
        kubelet = Kubelet(plane.rest, network, containers, logs, names)
        with closing(Ingress(plane.rest)) as ingress, closing(kubelet):
            ingress.start()
            kubelet.start()
            yield Cluster(plane, network, serving, kubelet)
