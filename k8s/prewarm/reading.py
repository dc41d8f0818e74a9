"""Objects of the API server as facts; what is missing or odd counts as not said."""

from collections.abc import Mapping
from typing import Any, Final

from k8s import labels
from k8s.errors import K8sError
from k8s.ports import Object, ref_of
from k8s.prewarm.types import Needs, NodeFacts, PodFacts, PoolFacts
from k8s.quantity import amount

MIN_SCALE: Final = "autoscaling.knative.dev/min-scale"
MAX_SCALE: Final = "autoscaling.knative.dev/max-scale"
OF_SERVICE: Final = "serving.knative.dev/service"
OF_REVISION: Final = "serving.knative.dev/revision"
REASON: Final = "synergai.org/min-scale-reason"
_QUEUE_PROXY_CORES: Final = 0.025
_OVER: Final = frozenset({"Succeeded", "Failed"})


def pool(service: Object) -> PoolFacts | None:
    """A pool; None: the Service is none of ours."""
    name = about(service, "labels").get(labels.POOL)
    if not name:
        return None
    own = about(service, "annotations")
    template = _in(service, "spec", "template")
    scaling = about(template, "annotations")
    status = _in(service, "status")
    return PoolFacts(
        name=name,
        service=ref_of(service),
        architecture=about(service, "labels").get(labels.ARCHITECTURE, ""),
        configuration=own.get(labels.CONFIGURATION, ""),
        models=tuple(each for each in own.get(labels.MODELS, "").split(",") if each),
        topic=own.get(labels.TOPIC, ""),
        generation=int(number(own.get(labels.GENERATION), 1)),
        slots=max(1, int(number(own.get(labels.SLOTS), 1))),
        floor=int(number(scaling.get(MIN_SCALE), 0)),
        ceiling=int(number(scaling.get(MAX_SCALE), 0)),
        cold_start_s=number(own.get(labels.MEASURED_COLD_START, own.get(labels.COLD_START)), 0.0),
        needs=needs(_in(template, "spec"), _QUEUE_PROXY_CORES),
        revision=str(status.get("latestReadyRevisionName") or ""),
        draining=own.get(labels.STATE) == labels.DRAINING,
        drained=labels.DRAINED in own,
    )


def home(namespace: str, service: str) -> str:
    """How the pods of a Knative Service are told from those of one of another namespace."""
    return f"{namespace}/{service}"


def min_scale(revision: Object) -> int | None:
    """What a Revision's annotation says now; None: nothing."""
    said = about(revision, "annotations").get(MIN_SCALE)
    return None if said is None else int(number(said, 0))


def pod(found: Object) -> PodFacts:
    """A pod, of ours or not."""
    spec, status = _in(found, "spec"), _in(found, "status")
    conditions = {each.get("type"): each for each in status.get("conditions") or ()}
    scheduled = conditions.get("PodScheduled", {})
    service = about(found, "labels").get(OF_SERVICE, "")
    return PodFacts(
        name=found["metadata"]["name"],
        service=home(found["metadata"].get("namespace", ""), service) if service else "",
        revision=about(found, "labels").get(OF_REVISION, ""),
        node=str(spec.get("nodeName") or ""),
        ready=conditions.get("Ready", {}).get("status") == "True",
        unschedulable=scheduled.get("reason") == "Unschedulable",
        gone="deletionTimestamp" in found["metadata"] or status.get("phase") in _OVER,
        requests=needs(spec, 0.0).requests,
    )


def node(found: Object) -> NodeFacts:
    """A node."""
    spec, status = _in(found, "spec"), _in(found, "status")
    ready = any(
        each.get("type") == "Ready" and each.get("status") == "True"
        for each in status.get("conditions") or ()
    )
    return NodeFacts(
        name=found["metadata"]["name"],
        labels=about(found, "labels"),
        taints=spec.get("taints") or (),
        allocatable=_amounts(status.get("allocatable")),
        usable=ready and not spec.get("unschedulable"),
    )


def needs(pod_spec: Mapping[str, Any], more_cores: float) -> Needs:
    """What pods of this spec ask for, and ``more_cores`` for a container that is added."""
    total: dict[str, float] = {"pods": 1.0}
    for container in pod_spec.get("containers") or ():
        resources = container.get("resources") or {}
        wanted = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
        for name, value in _amounts(wanted).items():
            total[name] = total.get(name, 0.0) + value
    total["cpu"] = total.get("cpu", 0.0) + more_cores
    affinity = _in(pod_spec, "affinity", "nodeAffinity")
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    return Needs(
        requests=total,
        selector=pod_spec.get("nodeSelector") or {},
        tolerations=pod_spec.get("tolerations") or (),
        affinity=required.get("nodeSelectorTerms") or (),
    )


def about(found: Mapping[str, Any], what: str) -> Mapping[str, str]:
    """Labels or annotations."""
    return (found.get("metadata") or {}).get(what) or {}


def number(text: str | None, otherwise: float) -> float:
    """A number that somebody wrote into an annotation."""
    try:
        value = float(text) if text else otherwise
    except ValueError:
        return otherwise
    return value if 0 <= value < float("inf") else otherwise


def _amounts(quantities: Mapping[str, Any] | None) -> dict[str, float]:
    found = {}
    for name, quantity in (quantities or {}).items():
        try:
            found[name] = amount(quantity, name)
        except K8sError:
            found[name] = 0.0
    return found


def _in(found: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for name in path:
        found = found.get(name) or {}
    return found
