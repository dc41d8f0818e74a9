"""The smaller bed: an API server that admits and refuses as a cluster with Knative does.

Nothing runs here: no pods, no scaling. ``rest`` speaks to it as its administrator.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.k8s.bed import webhook
from tests.k8s.bed.control_plane import ControlPlane
from tests.k8s.bed.installed import FLAGS, configure
from tests.k8s.bed.rest import Rest
from tests.k8s.bed.tools import Tools


class Api:
    """What tests of manifests, of applying and of rights need."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    @property
    def rest(self) -> Rest:
        """As its administrator."""
        return self._plane.rest

    @property
    def url(self) -> str:
        """Of the API server."""
        return self._plane.url

    @property
    def kubeconfig(self) -> Path:
        """The administrator's; for the kubernetes client and `synergai k8s`."""
        return self._plane.kubeconfig

    @property
    def authority(self) -> Path:
        """The certificate that the server's own is signed by."""
        return self._plane.authority

    def access(self, token: str) -> dict[str, object]:
        """A kubeconfig for another token, as one of a service account."""
        return self._plane.access(token)

    def configure(self, name: str, values: Mapping[str, str | None]) -> None:
        """Change one of Knative's ConfigMaps, as ``config-features``; None takes an entry away.

        The webhook follows within a moment: wait for what you expect of it.
        """
        configure(self.rest, name, values)


@contextmanager
def running(folder: Path, tools: Tools) -> Iterator[Api]:
    """etcd, API server and webhook; the feature flags that SynergAI needs are on."""
    with ControlPlane(folder, tools) as plane:
        webhook.start(plane, tools, FLAGS)
        yield Api(plane)
