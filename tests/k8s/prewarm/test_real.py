"""The controller with the real Knative: its autoscaler follows, nodes bound it, nothing fights."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import pytest

from k8s import labels
from k8s.cluster.connecting import connect
from tests.k8s.bed.cluster import Cluster
from tests.k8s.bed.nodes import ARCHITECTURE
from tests.k8s.bed.rest import Object, condition, named
from tests.k8s.bed.waiting import until as bed_until
from tests.support.cluster_objects import GPU, demand, model
from tests.support.prewarming import running, telling
from tests.support.waiting import until

pytestmark = [pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(240)]
NAMESPACE: Final = "of-the-controller"
_SCALING: Final = "autoscaling.knative.dev/"


@pytest.fixture(scope="module")
def bed(cluster: Cluster) -> Iterator[Cluster]:
    """Two pools at zero: on a Jetson with one device, and on Xeons."""
    cluster.rest.apply(named("v1", "Namespace", NAMESPACE))
    wanted = [service("jetson", gpu=True), service("xeon")]
    for each in wanted:
        cluster.rest.create(each)
    for each in wanted:
        bed_until(partial(_ready, cluster, each), f"{each['metadata']['name']} is ready", 90)
    yield cluster
    for each in wanted:
        cluster.rest.delete(each)
    bed_until(lambda: not cluster.pods(NAMESPACE, leaving=True), "all pods are gone", 90)


def _ready(cluster: Cluster, wanted: Object) -> bool:
    return condition(cluster.rest.get(wanted), "Ready") == "True"


def service(architecture: str, *, gpu: bool = False) -> Object:
    """A pool of our function."""
    container: Object = {
        "image": "dev.local/synergai/function:1",
        "env": [
            {"name": "SYNERGAI_MODELS", "value": "magika"},
            {"name": "SYNERGAI_HOST", "value": "0.0.0.0"},
        ],
    } | ({"resources": {"limits": {GPU: "1"}}} if gpu else {})
    told = {"target-burst-capacity": "-1", "initial-scale": "0", "max-scale": "4", "window": "6s"}
    template = {
        "metadata": {"annotations": {f"{_SCALING}{name}": text for name, text in told.items()}},
        "spec": {
            "containerConcurrency": 1,
            "nodeSelector": {ARCHITECTURE: architecture},
            "tolerations": [{"key": ARCHITECTURE, "operator": "Exists"}],
            "containers": [container],
        },
    }
    made = named("serving.knative.dev/v1", "Service", f"pool-{architecture}", NAMESPACE)
    made["metadata"]["labels"] = {
        labels.POOL: f"pool-{architecture}",
        labels.ARCHITECTURE: architecture,
    }
    made["metadata"]["annotations"] = {labels.COLD_START: "60", labels.MODELS: "magika"}
    return made | {"spec": {"template": template}}


def pods(bed: Cluster, architecture: str) -> list[Object]:
    """Of one pool."""
    return bed.pods(NAMESPACE, {"serving.knative.dev/service": f"pool-{architecture}"})


async def test_warm_before_any_request_and_cold_after(bed: Cluster) -> None:
    """Demand alone makes pods; without it they go; no new Revision; a cold start is measured."""
    before = bed.revision("pool-xeon", NAMESPACE)
    async with (
        connect(bed.kubeconfig) as cluster,
        running(cluster, namespace=NAMESPACE, release_after_s=1.0) as controller,
    ):
        busy = demand(model("magika", rate=5.0), pool_xeon={"magika": 0.3})
        async with telling([controller], busy):
            await until(lambda: len(pods(bed, "xeon")) == 2, within_s=60)
            await until(lambda: controller.heard.declared["pool-xeon"].cold_start_s < 60, 90)
        async with telling([controller], demand(model("magika"), pool_xeon={"magika": 0.3})):
            await until(lambda: not pods(bed, "xeon"), within_s=90)
    assert bed.revision("pool-xeon", NAMESPACE) == before


async def test_a_full_node_is_not_asked_for_more(bed: Cluster) -> None:
    """One device is one pod: what more is wanted stays unasked, so that no pod waits in vain."""
    async with (
        connect(bed.kubeconfig) as cluster,
        running(cluster, namespace=NAMESPACE, release_after_s=1.0) as controller,
    ):
        busy = demand(model("magika", rate=20.0), pool_jetson={"magika": 0.3})
        async with telling([controller], busy):
            await until(lambda: len(pods(bed, "jetson")) == 1, within_s=60)
            await until(lambda: controller.core.held.get("pool-jetson") == 1)
            assert "room for 1" in controller.core.wishes["pool-jetson"].reason or (
                controller.core.wishes["pool-jetson"].instances == 1
            )
        async with telling([controller], demand(model("magika"), pool_jetson={"magika": 0.3})):
            await until(lambda: not pods(bed, "jetson"), within_s=90)


async def test_it_survives_the_api_server(bed: Cluster) -> None:
    """Killed and started anew: the controller goes on, and what is asked for arrives."""
    async with (
        connect(bed.kubeconfig) as cluster,
        running(cluster, namespace=NAMESPACE, release_after_s=1.0) as controller,
    ):
        await until(lambda: controller.shell.unready == [])
        bed.restart_server()
        busy = demand(model("magika", rate=2.0), pool_xeon={"magika": 0.3})
        async with telling([controller], busy):
            await until(lambda: len(pods(bed, "xeon")) >= 1, within_s=90)
        async with telling([controller], demand(model("magika"), pool_xeon={"magika": 0.3})):
            await until(lambda: not pods(bed, "xeon"), within_s=90)
