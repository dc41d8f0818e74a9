"""The cluster bed: real scheduling and scaling, our function in pods, requests through Knative."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import pytest

from tests.k8s.bed.cluster import Cluster
from tests.k8s.bed.nodes import ARCHITECTURE
from tests.k8s.bed.rest import Object, condition, named
from tests.k8s.bed.waiting import until

pytestmark = [pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(240)]
NAMESPACE: Final = "of-the-cluster-bed"
_GPU: Final = "nvidia.com/gpu"


@pytest.fixture(scope="module")
def namespace(cluster: Cluster) -> Iterator[str]:
    """Of these tests; what they left is removed."""
    cluster.rest.apply(named("v1", "Namespace", NAMESPACE))
    yield NAMESPACE
    for each in cluster.rest.items("serving.knative.dev/v1", "Service", NAMESPACE):
        cluster.rest.delete(each)
    until(lambda: not cluster.pods(NAMESPACE, leaving=True), "all pods are gone")


def service(architecture: str, *, gpu: bool = False, scale: int = 1) -> Object:
    """A Service of our function for nodes of an architecture."""
    container: Object = {
        "image": "dev.local/synergai/function:1",
        "args": ["function", "serve"],
        "readinessProbe": {"httpGet": {"path": "/health/ready"}},
        "env": [
            {"name": "SYNERGAI_MODELS", "value": "magika"},
            {"name": "SYNERGAI_HOST", "value": "0.0.0.0"},
            {"name": "SYNERGAI_ARCHITECTURE", "value": architecture},
        ],
    }
    if gpu:
        container["resources"] = {"limits": {_GPU: "1"}}
    spec = {
        "containerConcurrency": 1,
        "nodeSelector": {ARCHITECTURE: architecture},
        "tolerations": [{"key": ARCHITECTURE, "operator": "Exists"}],
        "containers": [container],
    }
    told = {
        "autoscaling.knative.dev/target-burst-capacity": "-1",
        "autoscaling.knative.dev/initial-scale": str(scale),
    }
    made = named("serving.knative.dev/v1", "Service", f"plain-{architecture}", NAMESPACE)
    return made | {"spec": {"template": {"metadata": {"annotations": told}, "spec": spec}}}


def is_ready(cluster: Cluster, wanted: Object) -> bool:
    """Whether Knative calls a Service ready."""
    return condition(cluster.rest.get(wanted), "Ready") == "True"


def test_pods_land_on_nodes_of_their_architecture(cluster: Cluster, namespace: str) -> None:
    """Selectors, tolerations and devices are the scheduler's business, and it is the real one."""
    wanted = [service("jetson", gpu=True), service("xeon"), service("gpu", gpu=True)]
    for each in wanted:
        cluster.rest.create(each)
    for each in wanted:
        until(partial(is_ready, cluster, each), f"{each['metadata']['name']} is ready", 90)
    nodes = {each["spec"]["nodeName"].split("-")[0] for each in cluster.pods(namespace)}
    assert nodes == {"jetson", "xeon", "gpu"}


def test_a_request_wakes_a_service(cluster: Cluster, namespace: str) -> None:
    """From zero pods, through activator and queue-proxy, our function answers for its model."""
    revision = until(lambda: cluster.revision("plain-xeon", namespace), "there is a revision")
    until(partial(is_gone, cluster, revision), "it has scaled to zero", 90)
    answer = cluster.call(revision, "/v2/models/magika", namespace)
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == "magika"
    assert of_revision(cluster, revision)


def of_revision(cluster: Cluster, revision: str, *, leaving: bool = False) -> list[Object]:
    """Its pods; ``leaving``: also those that leave."""
    return cluster.pods(NAMESPACE, {"serving.knative.dev/revision": revision}, leaving=leaving)


def is_gone(cluster: Cluster, revision: str) -> bool:
    """Whether it has no pods at all."""
    return not of_revision(cluster, revision, leaving=True)


def test_min_scale_of_a_revision_warms_it(cluster: Cluster, namespace: str) -> None:
    """What the pre-warming controller writes is heeded at once, and makes no new revision."""
    revision = until(lambda: cluster.revision("plain-xeon", namespace), "there is a revision")
    about = named("serving.knative.dev/v1", "Revision", revision, namespace)
    key = "autoscaling.knative.dev/min-scale"
    cluster.rest.merge(about, {"metadata": {"annotations": {key: "2"}}})
    until(lambda: len(of_revision(cluster, revision)) == 2, "two pods")
    cluster.rest.merge(about, {"metadata": {"annotations": {key: None}}})
    until(partial(is_gone, cluster, revision), "no pods", 90)
    assert cluster.revision("plain-xeon", namespace) == revision


def test_a_full_device_leaves_a_pod_waiting(cluster: Cluster, namespace: str) -> None:
    """A node has so many devices and no more: the second pod of one Jetson stays pending."""
    revision = until(lambda: cluster.revision("plain-jetson", namespace), "there is a revision")
    about = named("serving.knative.dev/v1", "Revision", revision, namespace)
    key = "autoscaling.knative.dev/min-scale"
    cluster.rest.merge(about, {"metadata": {"annotations": {key: "2"}}})

    def unschedulable() -> list[str]:
        pods = of_revision(cluster, revision)
        return [
            each["message"]
            for pod in pods
            for each in pod["status"].get("conditions", [])
            if each["type"] == "PodScheduled" and each["status"] == "False"
        ]

    assert "Insufficient nvidia.com/gpu" in until(unschedulable, "a pod waits")[0]
    cluster.rest.merge(about, {"metadata": {"annotations": {key: None}}})
    until(partial(is_gone, cluster, revision), "no pods", 90)
