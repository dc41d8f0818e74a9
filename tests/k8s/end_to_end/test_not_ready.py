"""What a person reads when a deployment does not get ready, from the real scheduler's words."""

from pathlib import Path
from typing import Final

import pytest

from tests.k8s.bed.cluster import Cluster
from tests.k8s.bed.rest import named
from tests.k8s.bed.waiting import until
from tests.k8s.command import run
from tests.k8s.end_to_end import pools

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
NAMESPACE: Final = "stuck"
_COMMAND_S: Final = 120.0
_ONE: Final = {"min": 1, "max": 1}


def test_each_pool_says_what_keeps_it_from_the_nodes(cluster: Cluster, tmp_path: Path) -> None:
    """No label, a taint, too few cores: exit code 1, and for each what would help."""
    architectures = {
        "jetson": {"node_selector": {"place": "moon"}, "scale": _ONE},
        "gpu": {"scale": _ONE},
        "xeon": {"cpu": 100, "scale": _ONE},
    }
    file = pools.file(tmp_path)
    nowhere = f"{cluster.machine}:9"
    pools.manifests(tmp_path, nowhere, "stuck", namespace=NAMESPACE, architectures=architectures)
    try:
        applied = run(cluster, "apply", file, "--timeout", "25s", within_s=_COMMAND_S)
    finally:
        removed = run(cluster, "remove", file, "--no-drain", within_s=_COMMAND_S)
        until(lambda: not cluster.pods(NAMESPACE, leaving=True), "all pods are gone", 60.0)
        cluster.rest.delete(named("v1", "Namespace", NAMESPACE))
    assert (applied.code, removed.code) == (1, 0), removed.error
    assert "none has the label place=moon" in applied.error
    assert "are tainted (synergai.org/architecture=gpu:NoSchedule)" in applied.error
    assert "cpu: 100" in applied.error
