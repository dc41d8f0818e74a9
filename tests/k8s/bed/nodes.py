"""Nodes that no machine stands behind: three architectures, with labels, taints and devices."""

import time
from dataclasses import dataclass
from typing import Final

from tests.k8s.bed.rest import Object, Rest, condition

ARCHITECTURE: Final = "synergai.org/architecture"
"""Label of a node, and the key of its taint."""


@dataclass(frozen=True)
class Node:
    """One machine. ``kept_free``: only pods that tolerate its architecture's taint run on it.

    ``pace``: how many times longer than on this machine models take there.
    """

    name: str
    architecture: str
    instructions: str
    cpus: int
    memory: str
    gpus: int = 0
    kept_free: bool = False
    pace: float = 1.0


NODES: Final = (
    Node("jetson-1", "jetson", "arm64", cpus=12, memory="32Gi", gpus=1, kept_free=True, pace=60.0),
    Node("xeon-1", "xeon", "amd64", cpus=32, memory="64Gi", pace=30.0),
    Node("xeon-2", "xeon", "amd64", cpus=32, memory="64Gi", pace=30.0),
    Node("gpu-1", "gpu", "amd64", cpus=32, memory="128Gi", gpus=2, kept_free=True, pace=10.0),
)


def pace(name: str, models: str) -> dict[str, str]:
    """What a function on a node is told, so that it takes as long as on such a machine."""
    node = next(each for each in NODES if each.name == name)
    paced = [f"{model}={node.pace:g}" for model in models.split(",") if model]
    return {"SYNERGAI_PACE": ",".join(paced)} if paced and node.pace > 1 else {}


def register(rest: Rest, node: Node) -> None:
    """Make the node known, as its kubelet does when it starts."""
    made = manifest(node)
    rest.apply(made)
    rest.merge(made, {"status": _status(node)}, "/status")
    beat(rest, rest.get(made))


def beat(rest: Rest, node: Object) -> None:
    """Say that the node lives; without it the cluster gives the node up after some seconds.

    One that was given up meanwhile is called ready again.
    """
    name = node["metadata"]["name"]
    about = {"name": name, "namespace": "kube-node-lease"}
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
    spec = {"holderIdentity": name, "leaseDurationSeconds": 4, "renewTime": now}
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": about}
    rest.apply(lease | {"spec": spec})
    if condition(node, "Ready") != "True":
        rest.merge(node, {"status": {"conditions": [ready()]}}, "/status")


def manifest(node: Node) -> Object:
    """The node as an object."""
    labels = {
        "kubernetes.io/arch": node.instructions,
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": node.name,
        ARCHITECTURE: node.architecture,
    }
    taint = {"key": ARCHITECTURE, "value": node.architecture, "effect": "NoSchedule"}
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": node.name, "labels": labels},
        "spec": {"taints": [taint] if node.kept_free else []},
    }  # fmt: skip


def _status(node: Node) -> Object:
    has = {"cpu": str(node.cpus), "memory": node.memory, "pods": "100", "ephemeral-storage": "99Gi"}
    if node.gpus:
        has["nvidia.com/gpu"] = str(node.gpus)
    return {"capacity": has, "allocatable": has, "conditions": [ready()]}


def ready() -> Object:
    """The condition by which a kubelet says that all is well."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {
        "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "stand-in",
        "lastHeartbeatTime": now, "lastTransitionTime": now,
    }  # fmt: skip
