"""From a container of a pod's spec to a program of this machine and its environment."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.k8s.bed import nodes
from tests.k8s.bed.installed import QUEUE_IMAGE
from tests.k8s.bed.rest import Object, Rest, named
from tests.k8s.bed.tools import Tools
from tests.k8s.bed.volumes import BROUGHT, Mounts

Access = Callable[[str], Mapping[str, object]]
PROJECT: Final = Path(__file__).parents[3]
SYNERGAI: Final = (sys.executable, "-m", "synergai")
_DEFAULT: Final = ("function", "serve")
_KEPT: Final = ("PATH", "HOME", "SYNERGAI_CACHE", "SYNERGAI_WHEELS", "XDG_CACHE_HOME")
_MACHINE: Final = {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}


class Program(NamedTuple):
    """What runs for a container."""

    arguments: Sequence[str]
    environment: Mapping[str, str]


class Containers:
    """``programs``: by image; others are ours: ``synergai`` with the args, or a function.

    ``access`` makes a kubeconfig of a token.
    """

    def __init__(
        self, rest: Rest, tools: Tools, programs: Mapping[str, Sequence[str]], access: Access
    ) -> None:
        queue = [str(tools.program("knative-queue"))]
        self._rest = rest
        self._access = access
        self._programs = {QUEUE_IMAGE: queue, **programs}

    def program(self, pod: Object, container: Object, address: str, folder: Path) -> Program:
        """What runs, as an image's entrypoint and a pod's fields have it; volumes in ``folder``."""
        mounts = Mounts(pod, container, folder, partial(self._config, pod))
        entry = self._programs.get(container["image"], SYNERGAI)
        usual = _DEFAULT if entry is SYNERGAI else ()
        given = [mounts.here(each) for each in container.get("args", usual)]
        variables = self._variables(pod, container, address)
        known = {name: mounts.here(text) for name, text in variables.items()}
        if token := self._token(pod):
            known["KUBECONFIG"] = str(folder / "kubeconfig")
            (folder / "kubeconfig").write_text(json.dumps(self._access(token)))
        return Program([*entry, *given], known)

    def _variables(self, pod: Object, container: Object, address: str) -> dict[str, str]:
        """The environment: nothing of ours but paths, and how slow the node is."""
        given: dict[str, str] = {}
        for source in container.get("envFrom", []):
            given |= self._all_of(pod, source)
        for variable in container.get("env", []):
            given[variable["name"]] = self._value(pod, variable, address)
        known = {name: os.environ[name] for name in _KEPT if name in os.environ} | _MACHINE
        known |= {name: text for name, text in given.items() if name not in BROUGHT}
        return known | nodes.pace(pod["spec"]["nodeName"], given.get("SYNERGAI_MODELS", ""))

    def _token(self, pod: Object) -> str:
        """Of the pod's service account, where it gets one; rights are real."""
        spec, about = pod["spec"], pod["metadata"]
        account = spec.get("serviceAccountName", "default")
        if account == "default" or spec.get("automountServiceAccountToken") is False:
            return ""
        path = f"/api/v1/namespaces/{about['namespace']}/serviceaccounts/{account}/token"
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        return str(self._rest.request("POST", path, asked)["status"]["token"])

    def _value(self, pod: Object, variable: Object, address: str) -> str:
        source: Mapping[str, Any] = variable.get("valueFrom", {})
        if field := source.get("fieldRef"):
            return _field(pod, field["fieldPath"], address)
        if key := source.get("configMapKeyRef"):
            return str(self._config(pod, key["name"])[key["key"]])
        return str(variable.get("value", ""))

    def _all_of(self, pod: Object, source: Object) -> dict[str, str]:
        config = source.get("configMapRef")
        return self._config(pod, config["name"]) if config else {}

    def _config(self, pod: Object, name: str) -> dict[str, str]:
        found = self._rest.get(named("v1", "ConfigMap", name, pod["metadata"]["namespace"]))
        return dict(found.get("data", {}))


def _field(pod: Object, path: str, address: str) -> str:
    """What the downward API tells a container of its pod."""
    node = pod["spec"]["nodeName"]
    known = {"status.podIP": address, "status.hostIP": address, "spec.nodeName": node}
    known |= {f"metadata.{name}": pod["metadata"][name] for name in ("name", "namespace", "uid")}
    return str(known[path])
