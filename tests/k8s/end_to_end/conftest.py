"""One deployment for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.k8s.bed.cluster import Cluster
from tests.k8s.end_to_end import deployed as deployment
from tests.k8s.end_to_end.deployed import Deployed


@pytest.fixture(scope="session")
def deployed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Kafka, app and event source beside the cluster, three pools in it."""
    with deployment.running(cluster, tmp_path_factory.mktemp("deployed")) as running:
        yield running
