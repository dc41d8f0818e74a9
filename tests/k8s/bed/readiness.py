"""A kubelet's readiness probes."""

import contextlib
import socket
from typing import Final

import httpx

from tests.k8s.bed.rest import Object

_TIMEOUT_S: Final = 1.0
_AGENT: Final = "kube-probe/1.35"


def is_ready(pod: Object, address: str) -> bool:
    """Whether all containers' probes succeed now."""
    return all(_passes(each, address) for each in pod["spec"]["containers"])


def _passes(container: Object, address: str) -> bool:
    probe = container.get("readinessProbe", {})
    if asked := probe.get("httpGet"):
        return _answers(container, asked, address)
    if asked := probe.get("tcpSocket"):
        return _accepts(_port(container, asked["port"]), address)
    return True


def _answers(container: Object, asked: Object, address: str) -> bool:
    headers = {each["name"]: each["value"] for each in asked.get("httpHeaders", [])}
    url = f"http://{address}:{_port(container, asked['port'])}{asked.get('path', '/')}"
    try:
        answer = httpx.get(
            url, headers={"User-Agent": _AGENT} | headers, timeout=_TIMEOUT_S, trust_env=False
        )
    except httpx.TransportError:
        return False
    return answer.is_success or answer.is_redirect


def _accepts(port: int, address: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, port), _TIMEOUT_S):
        return True
    return False


def _port(container: Object, wanted: int | str) -> int:
    """Ports may be given by name."""
    named = {each.get("name"): each["containerPort"] for each in container.get("ports", [])}
    return int(named.get(wanted, wanted))
