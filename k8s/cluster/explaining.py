"""What the API server's refusals mean to a person, and whether trying again may help."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from k8s.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    GoneError,
    K8sError,
    MissingKindError,
    RefusedError,
)
from k8s.ports import Kind

_INSTALLED_BY: Final[Mapping[str, str]] = {
    "serving.knative.dev": "Knative Serving is not installed",
    "sources.knative.dev": "Knative's KafkaSource is not installed (eventing-kafka-broker)",
    "kafka.strimzi.io": "Strimzi is not installed",
    "monitoring.coreos.com": "the Prometheus operator is not installed",
}
_SAID: Final[Mapping[int, tuple[type[K8sError], str]]] = {
    401: (K8sError, "{action}: the API server does not know us ({said}); log in anew"),
    409: (ConflictError, "{action}: {said}"),
    410: (GoneError, "{action}: {said}"),
}
_SCHEMA: Final = "failed to create typed patch object"
"""How a field that does not exist is refused, though the answer calls it a fault of the server."""
_BUSY: Final = frozenset({408, 429})
_LONGEST: Final = 1000


def status_of(body: bytes) -> Mapping[str, Any]:
    """The server's Status object; a body that is none counts as its message."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = None
    if isinstance(found, dict):
        return found
    return {"message": body.decode(errors="replace")[:_LONGEST].strip()}


def refusal(code: int, body: bytes, action: str) -> K8sError:
    """The error for an answer that is none; ``action``: what was tried, as `apply Service a`."""
    status = status_of(body)
    said = str(status.get("message") or f"HTTP {code}")[:_LONGEST]
    if code == 403:  # noqa: PLR2004
        return _forbidden(action, said, status)
    if code in _SAID:
        kind, words = _SAID[code]
        return kind(words.format(action=action, said=said))
    busy = code in _BUSY or (code >= 500 and _SCHEMA not in said)  # noqa: PLR2004
    if busy:
        return ClusterError(f"{action}: the API server cannot now: {said}")
    return RefusedError(f"{action}: refused: {said}")


def missing(kind: Kind) -> MissingKindError:
    """The cluster has no such kind."""
    why = _INSTALLED_BY.get(kind.group, "its resource definition is not installed")
    return MissingKindError(
        f"{kind.name} ({kind.api_version}): the cluster has no such kind: {why}"
    )


def unreachable(server: str, error: BaseException) -> ClusterError:
    """Nobody answers."""
    why = str(error) or type(error).__name__
    return ClusterError(f"the API server {server} does not answer: {why[:_LONGEST]}")


def _forbidden(action: str, said: str, status: Mapping[str, Any]) -> K8sError:
    """A refusal by RBAC, by a quota, or by a webhook: these need different hands."""
    if "exceeded quota" in said:
        return RefusedError(f"{action}: the namespace's quota is used up: {said}")
    if "admission webhook" in said or "violates PodSecurity" in said:
        return RefusedError(f"{action}: refused: {said}")
    details = status.get("details")
    kind = details.get("kind", "") if isinstance(details, dict) else ""
    role = f"; a Role or ClusterRole that allows it on {kind} is missing" if kind else ""
    return ForbiddenError(f"{action}: not allowed: {said}{role}")
