"""How many instances fit on the nodes."""

from typing import Any

import pytest

from k8s.ports import Object
from k8s.prewarm import reading
from k8s.prewarm.room import Room
from k8s.prewarm.types import Needs
from tests.support.cluster_objects import node, pod, pool


def needs(gpus: int = 1) -> Needs:
    """Of a pool's pods."""
    facts = reading.pool(pool(gpus=gpus))
    assert facts is not None
    return facts.needs


def room(nodes: list[Object], pods: list[Object] | None = None) -> Room:
    """Of these nodes with these pods."""
    return Room([reading.node(each) for each in nodes], [reading.pod(each) for each in pods or []])


def test_devices_bound_the_instances() -> None:
    """Four devices are four instances, however many cores there are."""
    assert room([node(gpus=4)]).fits(needs(), 100) == 4


def test_cores_bound_them_where_they_are_scarcer() -> None:
    """The queue proxy asks for a little of a core too."""
    assert room([node(gpus=4, cpu="3")]).fits(needs(), 100) == 2


def test_pods_take_their_room() -> None:
    """A device that a pod has is not free, until the pod is gone."""
    pods = [pod("a", node="gpu-1"), pod("b", node="gpu-1"), pod("c", node="gpu-1", gone=True)]
    assert room([node(gpus=4)], pods).fits(needs(), 100) == 2


def test_other_machines_do_not_count() -> None:
    """Only nodes that the selector means have room."""
    assert room([node(architecture="xeon"), node("b", gpus=2)]).fits(needs(), 100) == 2


@pytest.mark.parametrize(
    "spec",
    [
        {"ready": False},
        {"unschedulable": True},
        {"taints": [{"key": "k", "effect": "NoSchedule"}]},
        {"taints": [{"key": "k", "value": "v", "effect": "NoExecute"}]},
    ],
)
def test_nodes_that_take_no_pods(spec: dict[str, Any]) -> None:
    """A node that is not ready, cordoned or tainted has no room."""
    assert room([node(**spec)]).fits(needs(), 100) == 0


@pytest.mark.parametrize(
    ("toleration", "fits"),
    [
        ({"key": "k", "operator": "Exists"}, 4),
        ({"key": "k", "value": "v", "effect": "NoSchedule"}, 4),
        ({"key": "k", "value": "w"}, 0),
        ({"operator": "Exists"}, 4),
        ({"key": "k", "value": "v", "effect": "NoExecute"}, 0),
    ],
)
def test_tolerations(toleration: dict[str, str], fits: int) -> None:
    """A taint that is tolerated does not matter."""
    tainted = node(taints=[{"key": "k", "value": "v", "effect": "NoSchedule"}])
    wanted = Needs(requests=needs().requests, tolerations=[toleration])
    assert room([tainted]).fits(wanted, 100) == fits


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ({"key": "synergai.org/architecture", "operator": "In", "values": ["gpu"]}, 4),
        ({"key": "synergai.org/architecture", "operator": "NotIn", "values": ["gpu"]}, 0),
        ({"key": "none", "operator": "Exists"}, 0),
        ({"key": "none", "operator": "DoesNotExist"}, 4),
    ],
)
def test_required_affinity(expression: dict[str, Any], fits: int) -> None:
    """A node that the required affinity excludes has no room."""
    wanted = Needs(requests=needs().requests, affinity=[{"matchExpressions": [expression]}])
    assert room([node()]).fits(wanted, 100) == fits


def test_a_draft_is_taken_from_alone() -> None:
    """What is taken from a draft is still there in the original."""
    whole = room([node(gpus=4)])
    draft = whole.draft()
    assert draft.take(needs(), 3) == 3
    assert draft.take(needs(), 3) == 1
    assert whole.fits(needs(), 100) == 4
