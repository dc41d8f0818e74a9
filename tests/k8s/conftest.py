"""The two test beds: an API server that admits as Knative does, and a cluster that runs pods."""

from collections.abc import Iterator

import pytest

from tests.k8s.bed import api as api_bed
from tests.k8s.bed import cluster as cluster_bed
from tests.k8s.bed.tools import OF_API, OF_CLUSTER, REQUIRED, tools, why_absent, why_no_network


def skip_or_fail(absent: str | None) -> None:
    """Skip visibly where a bed is not possible; fail where it is required."""
    if absent and REQUIRED:
        pytest.fail(f"SYNERGAI_REQUIRE_K8S=1, but {absent}")
    if absent:
        pytest.skip(absent)


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[api_bed.Api]:
    """etcd, kube-apiserver, Knative's definitions and webhook; shared: use your own namespace."""
    skip_or_fail(why_absent(OF_API))
    with api_bed.running(tmp_path_factory.mktemp("api"), tools()) as running:
        yield running


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster_bed.Cluster]:
    """Four nodes of three architectures, Knative Serving, our functions in pods; shared."""
    skip_or_fail(why_absent(OF_CLUSTER) or why_no_network())
    with cluster_bed.running(tmp_path_factory.mktemp("cluster"), tools()) as running:
        yield running
