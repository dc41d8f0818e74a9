"""From a container of a pod's spec to a program of this machine and its environment."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.k8s.bed.installed import QUEUE_IMAGE
from tests.k8s.bed.rest import Object, Rest, named
from tests.k8s.bed.tools import Tools

Entrypoint = Callable[[Object], Sequence[str]]
"""What an image runs, told the container; the container's own command and args go before."""
PROJECT: Final = Path(__file__).parents[3]
SYNERGAI: Final = (sys.executable, "-m", "synergai")
_KEPT: Final = ("PATH", "HOME", "SYNERGAI_CACHE", "SYNERGAI_WHEELS", "XDG_CACHE_HOME")
_MACHINE: Final = {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}


class Containers:
    """``programs``: by image; any other image is one of ours: ``synergai function serve``."""

    def __init__(self, rest: Rest, tools: Tools, programs: Mapping[str, Sequence[str]]) -> None:
        queue = [str(tools.program("knative-queue"))]
        self._rest = rest
        self._programs = {QUEUE_IMAGE: queue, **programs}

    def arguments(self, container: Object) -> list[str]:
        """The program and its arguments, as an image's entrypoint and a pod's fields have it."""
        own = self._programs.get(container["image"])
        given = [*container.get("command", []), *container.get("args", [])]
        if own is None:
            return [*SYNERGAI, *(given or ("function", "serve"))]
        return [*own, *container.get("args", [])]

    def environment(self, pod: Object, container: Object, address: str) -> dict[str, str]:
        """What the container's program sees: nothing of ours but paths."""
        known = {name: os.environ[name] for name in _KEPT if name in os.environ}
        known |= _MACHINE
        for source in container.get("envFrom", []):
            known |= self._all_of(pod, source)
        for variable in container.get("env", []):
            known[variable["name"]] = self._value(pod, variable, address)
        return known

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
