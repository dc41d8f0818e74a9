"""Why pods do not get ready, in a sentence to act on; pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from k8s.applying.readiness import condition
from k8s.ports import Object
from k8s.prewarm import reading
from k8s.prewarm.room import selects, takes
from k8s.prewarm.types import Needs, NodeFacts

_IMAGE: Final = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}
)
_CONFIG: Final = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
)


def of_pods(pods: Iterable[Object], nodes: Sequence[Object]) -> str:
    """Of the first pod that is not ready and says why; empty: none does."""
    return next((why for each in pods if (why := of_pod(each, nodes))), "")


def of_pod(pod: Object, nodes: Sequence[Object]) -> str:
    """Why this pod is not ready; empty: it is, or it does not say."""
    if condition(pod, "Ready").get("status") == "True":
        return ""
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("reason") == "Unschedulable":
        needs = reading.needs(pod.get("spec") or {}, 0.0)
        facts = [reading.node(each) for each in nodes]
        return f"no node for it: {no_node(needs, facts)} ({scheduled.get('message', '')})"
    name = pod["metadata"]["name"]
    for status in (pod.get("status") or {}).get("containerStatuses") or ():
        why = _container(status, name)
        if why:
            return why
    return ""


def no_node(needs: Needs, nodes: Sequence[NodeFacts]) -> str:
    """What keeps a pod off all nodes, and what would help."""
    labels = ", ".join(f"{key}={value}" for key, value in sorted(needs.selector.items()))
    labelled = [node for node in nodes if selects(needs.selector, node.labels)]
    if labels and not labelled:
        return f"none has the label {labels}; give one it: kubectl label node NAME {labels}"
    usable = [node for node in labelled if node.usable]
    if not usable:
        return f"none of those with {labels or 'any label'} is ready and takes pods"
    allowed = [node for node in usable if takes(node, needs)]
    if not allowed:
        taints = sorted({_taint(each) for node in usable for each in node.taints})
        fix = "add tolerations to the architecture in the deployment file"
        return f"those with {labels or 'any label'} are tainted ({', '.join(taints)}); {fix}"
    return _too_small(needs, allowed, labels or "any label")


def _too_small(needs: Needs, nodes: Sequence[NodeFacts], labels: str) -> str:
    for name, asked in sorted(needs.requests.items()):
        most = max(node.allocatable.get(name, 0.0) for node in nodes)
        if asked > most:
            return f"{name}: {asked:g} asked, those with {labels} have {most:g} at most"
    return f"those with {labels} have not enough left; add nodes or lower the scale of other pools"


def _container(status: Mapping[str, Any], pod: str) -> str:
    name = status.get("name", "")
    states = status.get("state") or {}
    waiting, ended = states.get("waiting") or {}, _ended(status)
    reason, message = waiting.get("reason", ""), waiting.get("message", "")
    if reason in _IMAGE:
        fix = "check its name, and that the node reaches the registry and may read there"
        return f"image {status.get('image', '')} cannot be fetched ({reason}: {message}); {fix}"
    if reason in _CONFIG:
        return f"container {name} cannot be started ({message or reason})"
    if reason == "CrashLoopBackOff" or (ended and ended.get("exitCode")):
        code = ended.get("exitCode", "?")
        why = ended.get("message") or ended.get("reason") or ""
        return (
            f"container {name} ended with code {code} {why}; see: kubectl logs {pod} -c {name} -p"
        )
    if "running" in states and not status.get("ready"):
        return f"container {name} runs, and its probe fails; see: kubectl logs {pod} -c {name}"
    return ""


def _ended(status: Mapping[str, Any]) -> Mapping[str, Any]:
    for place in ("state", "lastState"):
        ended = (status.get(place) or {}).get("terminated")
        if ended:
            return dict(ended)
    return {}


def _taint(taint: Mapping[str, Any]) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key', '')}{value}:{taint.get('effect', '')}"
