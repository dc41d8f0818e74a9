"""Probes of the container that takes requests, after Knative has filled in its defaults."""

import re
from collections.abc import Iterator
from typing import Final

from k8s.validate.findings import Finding, under
from k8s.validate.nouns import Container, Probe

_KINDS: Final = ("httpGet", "tcpSocket", "exec", "grpc")
_FIELDS: Final = ("http_get", "tcp_socket", "exec", "grpc")
_LAST_PORT: Final = 65535
_NUMBERS: Final = (
    "failure_threshold", "initial_delay_seconds", "period_seconds", "success_threshold",
    "timeout_seconds",
)  # fmt: skip
_HEADER: Final = re.compile(r"[-A-Za-z0-9]+")


def check(container: Container) -> Iterator[Finding]:
    """Readiness and liveness as the webhook has it, a startup probe as the pod it becomes."""
    port = container.ports[0].name if container.ports and container.ports[0].name else "http"
    if container.readiness_probe:
        found = _readiness(container.readiness_probe, port)
        yield from under("readinessProbe", found)
    if container.liveness_probe:
        yield from under("livenessProbe", _handlers(container.liveness_probe, port, needed=True))
        yield from under("livenessProbe", _of_kubelet(container.liveness_probe))
    if container.startup_probe:
        yield from under("startupProbe", _startup(container.startup_probe))


def _of_kubelet(probe: Probe) -> Iterator[Finding]:
    """What is asked of a probe that is not Knative's own to carry out."""
    for name in _NUMBERS:
        if getattr(probe, name) < 0:
            yield Finding(_camel(name), str(getattr(probe, name)), "at least 0")
    if probe.success_threshold > 1:
        yield Finding("successThreshold", str(probe.success_threshold), "1, or nothing")
    yield from _handler(probe)


def _handler(probe: Probe) -> Iterator[Finding]:
    if probe.exec and not probe.exec.command:
        yield Finding("exec.command", "nothing", "a command")
    if probe.grpc and not 1 <= probe.grpc.port <= _LAST_PORT:
        yield Finding("grpc.port", str(probe.grpc.port), f"1 to {_LAST_PORT}")
    if probe.http_get and probe.http_get.scheme not in {"", "HTTP", "HTTPS"}:
        yield Finding("httpGet.scheme", repr(probe.http_get.scheme), "HTTP or HTTPS")
    for header in probe.http_get.http_headers if probe.http_get else ():
        if not _HEADER.fullmatch(header.name):
            yield Finding("httpGet.httpHeaders", repr(header.name), "letters, digits and hyphens")


def _startup(probe: Probe) -> Iterator[Finding]:
    yield from _of_kubelet(probe)
    named = [kind for kind in _FIELDS if getattr(probe, kind) is not None]
    if len(named) != 1:
        yield Finding("", ", ".join(named) or "no way to probe", f"one of {', '.join(_KINDS)}")
    for kind, handler in (("httpGet", probe.http_get), ("tcpSocket", probe.tcp_socket)):
        wrong = handler and handler.port == ""
        if handler and isinstance(handler.port, int):
            wrong = not 1 <= handler.port <= _LAST_PORT
        if handler and wrong:
            allowed = f"1 to {_LAST_PORT}; of this probe alone Knative does not fill it in"
            yield Finding(f"{kind}.port", repr(handler.port), allowed)


def _readiness(probe: Probe, port: str) -> Iterator[Finding]:
    yield from _handlers(probe, port, needed=False)
    if probe.exec and not probe.exec.command:
        yield Finding("exec.command", "nothing", "a command")
    for name in ("period_seconds", "initial_delay_seconds"):
        if getattr(probe, name) < 0:
            yield Finding(_camel(name), str(getattr(probe, name)), "at least 0")
    if probe.success_threshold < 0:
        yield Finding("successThreshold", str(probe.success_threshold), "at least 1")
    for name in ("failure_threshold", "timeout_seconds"):
        found = getattr(probe, name)
        if probe.period_seconds == 0 and found != 0:
            allowed = "nothing while periodSeconds is 0 or left out, which probes as fast as it can"
            yield Finding(_camel(name), str(found), allowed)
        if probe.period_seconds != 0 and found < 0:
            yield Finding(_camel(name), str(found), "at least 1")


def _handlers(probe: Probe, port: str, *, needed: bool) -> Iterator[Finding]:
    given = {"httpGet": probe.http_get, "tcpSocket": probe.tcp_socket, "exec": probe.exec}
    named = [kind for kind, value in {**given, "grpc": probe.grpc}.items() if value is not None]
    if len(named) > 1 or (needed and not named):
        yield Finding("", ", ".join(named) or "no way to probe", f"one of {', '.join(_KINDS)}")
    for kind, handler in (("httpGet", probe.http_get), ("tcpSocket", probe.tcp_socket)):
        if handler and isinstance(handler.port, str) and handler.port not in {"", port}:
            yield Finding(f"{kind}.port", repr(handler.port), f"the container's port {port!r}")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
