"""Waiting until what was applied is ready, and the reason why it is not, from what there is."""

import asyncio
import time
from typing import Any

import pytest

from k8s import kinds
from k8s.applying.waiting import Patience, until_ready
from k8s.errors import NotReadyError
from k8s.ports import Kind, Object, Ref
from tests.support.cluster_objects import NAMESPACE, node, pod, pool
from tests.support.memory_cluster import MemoryCluster, merged

SERVICE = Ref(kinds.SERVICE, "gpu-a", NAMESPACE)
REVISION = "gpu-a-00001"


async def sleep(seconds: float) -> None:
    """Take no time."""
    await asyncio.sleep(0)


PATIENCE = Patience(timeout_s=0.05, steady_s=time.monotonic, sleep=sleep)


def failing(kind: Kind, name: str, condition: dict[str, str]) -> Object:
    """An object of the Revision's with one condition."""
    about = {"name": name, "namespace": NAMESPACE}
    status = {"conditions": [condition]}
    return {"apiVersion": kind.api_version, "kind": kind.name, "metadata": about, "status": status}


async def why(*items: Object) -> str:
    """What is said of a pool whose new Revision does not get ready, with these objects."""
    cluster = MemoryCluster()
    status = {"observedGeneration": 1, "latestCreatedRevisionName": REVISION}
    for item in (merged(pool(revision=0), {"status": status}), *items):
        cluster.put(item)
    with pytest.raises(NotReadyError) as told:
        await until_ready(cluster, [SERVICE], PATIENCE, lambda _: None)
    return str(told.value)


async def test_it_ends_when_all_is_ready() -> None:
    """What somebody must act on is waited for, and each is said once."""
    cluster, said = MemoryCluster(), list[str]()
    cluster.put(pool())
    ready: dict[str, Any] = {"observedGeneration": 1}
    ready["conditions"] = [{"type": "Ready", "status": "True"}]

    async def gets_ready(seconds: float) -> None:
        cluster.change(SERVICE, {"status": ready})

    patience = Patience(timeout_s=30.0, steady_s=time.monotonic, sleep=gets_ready)
    await until_ready(
        cluster, [SERVICE, Ref(kinds.CONFIG_MAP, "c", NAMESPACE)], patience, said.append
    )
    assert [line.rpartition(": ")[2] for line in said][-1] == "ready"
    assert len(said) == 2


async def test_no_node() -> None:
    """The selector that no node has."""
    text = await why(pod("a", unschedulable=True), node(architecture="gpu", gpus=0))
    assert "no node for it: nvidia.com/gpu: 1 asked" in text


async def test_a_quota() -> None:
    """Pods that the namespace's quota refuses."""
    message = "pods x is forbidden: exceeded quota: small"
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "Failed", "message": message}
    text = await why(failing(kinds.DEPLOYMENT, f"{REVISION}-deployment", refused))
    assert "the namespace's quota is used up; raise it" in text


@pytest.mark.parametrize(
    ("condition", "reason", "said"),
    [
        ("ContainerHealthy", "ContainerMissing", "its image cannot be found; check its name"),
        ("ResourcesAvailable", "ProgressDeadlineExceeded", "within the progress deadline"),
        ("ContainerHealthy", "ExitCode1", "ExitCode1: it said so"),
    ],
)
async def test_what_knative_says_of_the_revision(condition: str, reason: str, said: str) -> None:
    """An image that is not there, a deadline that passed, or in its own words."""
    told = {"type": condition, "status": "False", "reason": reason, "message": "it said so"}
    assert said in await why(failing(kinds.REVISION, REVISION, told))


async def test_what_is_gone() -> None:
    """An object that somebody removed is not waited for."""
    with pytest.raises(NotReadyError, match="it is gone"):
        await until_ready(MemoryCluster(), [SERVICE], PATIENCE, lambda _: None)
