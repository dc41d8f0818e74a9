"""Objects of a cluster as its components write them: pools, Revisions, pods, nodes, demands."""

from collections.abc import Mapping
from typing import Any

from k8s import kinds, labels
from k8s.ports import Object, Ref
from k8s.prewarm.reading import MAX_SCALE, MIN_SCALE, OF_REVISION, OF_SERVICE
from scheduler.demand import EDGES_S, Demand, ModelDemand, PoolDemand

NAMESPACE = "synergai"
GPU = "nvidia.com/gpu"


def pool(
    name: str = "gpu-a",
    *,
    architecture: str = "gpu",
    slots: int = 2,
    floor: int = 0,
    ceiling: int = 8,
    cold_start_s: float = 2.0,
    gpus: int = 1,
    revision: int = 1,
    annotations: Mapping[str, str] | None = None,
) -> Object:
    """A pool's Knative Service whose Revision of this number is the latest that is ready."""
    limits: dict[str, str] = {"cpu": "1", "memory": "1Gi"} | ({GPU: str(gpus)} if gpus else {})
    own = {
        labels.GENERATION: "1",
        labels.TOPIC: f"synergai.system.arch.{architecture}.{name}.g1",
        labels.CONFIGURATION: "onnxruntime-fp32-t1-b1",
        labels.MODELS: "m",
        labels.SLOTS: str(slots),
        labels.COLD_START: str(cold_start_s),
        **(annotations or {}),
    }
    tags = {labels.POOL: name, labels.ARCHITECTURE: architecture}
    return {
        "apiVersion": kinds.SERVICE.api_version,
        "kind": "Service",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": tags, "annotations": own},
        "spec": {
            "template": {
                "metadata": {"annotations": {MIN_SCALE: str(floor), MAX_SCALE: str(ceiling)}},
                "spec": {
                    "nodeSelector": {labels.ARCHITECTURE: architecture},
                    "containers": [{"name": "f", "image": "f", "resources": {"limits": limits}}],
                },
            }
        },
        "status": {"latestReadyRevisionName": revision_name(name, revision)} if revision else {},
    }


def revision_name(service: str, number: int) -> str:
    """As Knative names them."""
    return f"{service}-{number:05d}"


def revision_ref(service: str = "gpu-a", number: int = 1) -> Ref:
    """Which Revision."""
    return Ref(kinds.REVISION, revision_name(service, number), NAMESPACE)


def revision(service: str = "gpu-a", number: int = 1, min_scale: int | None = 0) -> Object:
    """A Revision of a Service."""
    annotations = {} if min_scale is None else {MIN_SCALE: str(min_scale)}
    return {
        "apiVersion": kinds.REVISION.api_version,
        "kind": "Revision",
        "metadata": {
            "name": revision_name(service, number),
            "namespace": NAMESPACE,
            "labels": {OF_SERVICE: service},
            "annotations": annotations,
        },
        "spec": {},
    }


def pod(
    name: str,
    *,
    service: str = "gpu-a",
    number: int = 1,
    node: str = "",
    ready: bool = False,
    unschedulable: bool = False,
    gpus: int = 1,
    gone: bool = False,
) -> Object:
    """An instance; a node: it was scheduled."""
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    if unschedulable:
        conditions.append({"type": "PodScheduled", "status": "False", "reason": "Unschedulable"})
    limits: dict[str, str] = {"cpu": "1", "memory": "1Gi"} | ({GPU: str(gpus)} if gpus else {})
    about: dict[str, Any] = {
        "name": name,
        "namespace": NAMESPACE,
        "labels": {OF_SERVICE: service, OF_REVISION: revision_name(service, number)},
    }
    if gone:
        about["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": about,
        "spec": {"containers": [{"name": "f", "resources": {"limits": limits}}]}
        | ({"nodeName": node} if node else {}),
        "status": {"phase": "Running" if ready else "Pending", "conditions": conditions},
    }


def node(
    name: str = "gpu-1",
    *,
    architecture: str = "gpu",
    gpus: int = 4,
    cpu: str = "32",
    ready: bool = True,
    **spec: Any,
) -> Object:
    """A machine."""
    amounts = {"cpu": cpu, "memory": "64Gi", "pods": "110"} | ({GPU: str(gpus)} if gpus else {})
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {labels.ARCHITECTURE: architecture}},
        "spec": spec,
        "status": {
            "allocatable": amounts,
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
        },
    }


def model(
    name: str = "m",
    *,
    waiting: int = 0,
    due_s: float = 1.0,
    rate: float = 0.0,
    budget_s: float = 1.0,
    until_s: float = float("inf"),
    from_s: float = 0.0,
) -> ModelDemand:
    """So many wait that are due in ``due_s``; ``rate`` a second come between two moments."""
    coming = [rate * max(0.0, min(edge, until_s) - from_s) for edge in EDGES_S]
    return ModelDemand(
        model=name,
        budget_s=budget_s,
        due=tuple(waiting if edge >= due_s else 0 for edge in EDGES_S),
        waiting=waiting,
        late=0,
        coming=tuple(coming),
    )


def demand(
    *models: ModelDemand,
    worker: str = "w",
    held: Mapping[str, int] | None = None,
    **service_s: Mapping[str, float] | float,
) -> Demand:
    """A worker's demand; ``pool=seconds`` or by model; underscores in pools' names are hyphens."""
    pools = []
    for key, times in service_s.items():
        name = key.replace("_", "-")
        each = {m.model: times for m in models} if isinstance(times, float) else dict(times)
        each = each or ({"m": times} if isinstance(times, float) else {})
        pools.append(PoolDemand(pool=name, held=(held or {}).get(name, 0), service_s=each))
    return Demand(worker=worker, at_s=0.0, models=models, pools=tuple(pools))
