"""Parts of the cluster die or change while requests flow: nothing is lost or done twice."""

from collections.abc import Iterator
from contextlib import closing
from typing import Final

import pytest

from tests.k8s.bed.pod import Pod
from tests.k8s.bed.rest import Object, condition, named
from tests.k8s.bed.waiting import until
from tests.k8s.end_to_end.deployed import Deployed, Flowing
from tests.k8s.end_to_end.pools import MOST, NAMESPACE, service

pytestmark = [
    pytest.mark.kafka, pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(300),
]  # fmt: skip
PER_S: Final = 4.0
SOME: Final = 12
"""So many answers show that requests flow."""


@pytest.fixture
def flowing(deployed: Deployed) -> Iterator[Flowing]:
    """Requests at a steady rate that are being answered."""
    with closing(Flowing(deployed, PER_S)) as running:
        running.start()
        running.more(SOME)
        yield running


def nothing_was_lost(deployed: Deployed, flowing: Flowing) -> None:
    """Every request was answered, and the topics say so too."""
    flowing.close()
    assert {each.kind for each in flowing.answers()} == {"met"}
    report = deployed.audit()
    assert report.findings == []
    assert report.open == 0


def test_a_node_is_lost(deployed: Deployed, flowing: Flowing) -> None:
    """The other machines take over; when the node is back, so are its pods."""
    node = named("v1", "Node", "gpu-1")
    deployed.warm("gpu-net", 1)
    until(lambda: any(each.ready_s for each in on(deployed, "gpu-1")), "a pod runs on it", 90.0)
    flowing.more(SOME)
    deployed.cluster.kubelet.lose("gpu-1")
    flowing.more(SOME)
    until(lambda: condition(deployed.cluster.rest.get(node), "Ready") == "Unknown", "it is missed")
    flowing.more(SOME)
    deployed.cluster.kubelet.recover("gpu-1")
    until(lambda: condition(deployed.cluster.rest.get(node), "Ready") == "True", "it is back")
    until(lambda: any(each.ready_s for each in on(deployed, "gpu-1")), "a pod runs on it", 90.0)
    flowing.more(SOME)
    deployed.warm("gpu-net", None)
    nothing_was_lost(deployed, flowing)


def on(deployed: Deployed, node: str) -> list[Pod]:
    """What runs on a node."""
    return [each for each in deployed.cluster.kubelet.pods if each.node == node]


def test_revisions_are_rolled(deployed: Deployed, flowing: Flowing) -> None:
    """A release of all pools: new revisions take over from the old ones between two requests."""
    before = revisions(deployed)
    for each in MOST:
        about = named("serving.knative.dev/v1", "Service", service(each), NAMESPACE)
        annotations = {"autoscaling.knative.dev/window": "7s"}
        change = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
        deployed.cluster.rest.merge(about, change)
    until(lambda: not revisions(deployed) & before, "all are rolled")
    until(lambda: not any(of_revision(deployed, each) for each in before), "the old have gone")
    flowing.more(SOME)
    assert any(of_revision(deployed, each) for each in revisions(deployed))
    nothing_was_lost(deployed, flowing)


def revisions(deployed: Deployed) -> set[str]:
    """The latest of each pool."""
    return {deployed.revision(each) for each in MOST}


def of_revision(deployed: Deployed, revision: str) -> list[Object]:
    """Its pods."""
    return deployed.cluster.pods(NAMESPACE, {"serving.knative.dev/revision": revision})


def test_the_api_server_is_restarted(deployed: Deployed, flowing: Flowing) -> None:
    """Requests do not go through it; scaling goes on where it was."""
    deployed.cluster.restart_server()
    flowing.more(SOME)
    nothing_was_lost(deployed, flowing)
    until(deployed.at_zero, "pools shrink to nothing", 120.0)


def test_the_autoscaler_is_restarted(deployed: Deployed, flowing: Flowing) -> None:
    """While it is away pods stay as they are; a new one scales them as before."""
    deployed.cluster.serving.autoscaler.kill()
    flowing.more(SOME)
    deployed.cluster.serving.autoscaler.restart()
    flowing.more(SOME)
    nothing_was_lost(deployed, flowing)
    until(deployed.at_zero, "pools shrink to nothing", 120.0)


def test_the_activator_is_restarted(deployed: Deployed, flowing: Flowing) -> None:
    """What it held is posted again by the event source or placed again by the app."""
    deployed.cluster.serving.activator.kill()
    deployed.cluster.serving.activator.restart()
    flowing.more(SOME)
    nothing_was_lost(deployed, flowing)
