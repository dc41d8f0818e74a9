"""In which order objects are created and removed, as data."""

from collections.abc import Iterable
from typing import Final

from k8s import labels
from k8s.render.metadata import Manifest

CREATION: Final[tuple[frozenset[str], ...]] = (
    frozenset({"Namespace"}),
    frozenset({"ServiceAccount", "Role", "ClusterRole"}),
    frozenset({"RoleBinding", "ClusterRoleBinding", "NetworkPolicy", "ConfigMap"}),
    frozenset({"KafkaTopic", "Job"}),
    frozenset({"Deployment", "PodDisruptionBudget", "Service", "ServiceMonitor"}),
    frozenset({"Service.serving.knative.dev"}),
    frozenset({"KafkaSource"}),
)
"""Kinds that may be created together. A pool's topic is there before its Service, and that before
its source; the pool is declared eligible only after the last."""

REMOVAL_OF_A_POOL: Final = (
    "draining",
    "empty",
    "KafkaSource",
    "Service.serving.knative.dev",
    "topic",
)
"""Declared draining; waited for until nothing is placed on it; then object by object."""


def kind(manifest: Manifest) -> str:
    """A kind as `CREATION` names it: the core's Service and Knative's are two."""
    name, group = str(manifest["kind"]), str(manifest["apiVersion"]).rpartition("/")[0]
    return f"{name}.{group}" if (name, group) == ("Service", "serving.knative.dev") else name


def step(manifest: Manifest) -> int:
    """Which step of `CREATION` it belongs to; unknown kinds come last."""
    found = (n for n, kinds in enumerate(CREATION) if kind(manifest) in kinds)
    return next(found, len(CREATION))


def created(manifests: Iterable[Manifest]) -> list[Manifest]:
    """In order of creation; within a step by kind and name, whatever order they came in."""
    return sorted(manifests, key=_key)


def removed(manifests: Iterable[Manifest]) -> list[Manifest]:
    """In order of removal: the reverse, so that nothing loses what it still needs."""
    return created(manifests)[::-1]


def pool(manifest: Manifest) -> tuple[str, int] | None:
    """Name and generation of the pool that it belongs to; None: to none."""
    metadata = manifest["metadata"]
    name = metadata.get("labels", {}).get(labels.POOL)
    generation = metadata.get("annotations", {}).get(labels.GENERATION)
    return (name, int(generation)) if name and generation else None


def _key(manifest: Manifest) -> tuple[int, str, str, str]:
    metadata = manifest["metadata"]
    return step(manifest), kind(manifest), metadata.get("namespace", ""), metadata["name"]
