"""What a person reads when a deployment does not get ready, from the real scheduler's words."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.k8s.bed.cluster import Cluster
from tests.k8s.bed.rest import named
from tests.k8s.bed.waiting import until
from tests.k8s.end_to_end import pools

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
NAMESPACE: Final = "stuck"
_ONE: Final = {"min": 1, "max": 1}


def test_each_pool_says_what_keeps_it_from_the_nodes(cluster: Cluster, tmp_path: Path) -> None:
    """No label, a taint, too few cores: exit code 1, and for each what would help."""
    architectures = {
        "jetson": {"node_selector": {"place": "moon"}, "scale": _ONE},
        "gpu": {"scale": _ONE},
        "xeon": {"cpu": 100, "scale": _ONE},
    }
    nowhere = f"{cluster.machine}:9"
    pools.manifests(tmp_path, nowhere, "stuck", namespace=NAMESPACE, architectures=architectures)
    try:
        said = command(cluster, tmp_path, "apply", "--timeout", "25s")
    finally:
        command(cluster, tmp_path, "remove", "--no-drain")
        until(lambda: not cluster.pods(NAMESPACE, leaving=True), "all pods are gone", 60.0)
        cluster.rest.delete(named("v1", "Namespace", NAMESPACE))
    assert "none has the label place=moon" in said
    assert "are tainted (synergai.org/architecture=gpu:NoSchedule)" in said
    assert "cpu: 100" in said


def command(cluster: Cluster, folder: Path, action: str, *more: str) -> str:
    """What it says beside its output."""
    where = ("-f", str(pools.file(folder)), "--kubeconfig", str(cluster.kubeconfig))
    ended = subprocess.run(
        [sys.executable, "-m", "synergai", "k8s", action, *where, *more],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ended.returncode == (1 if action == "apply" else 0), ended.stderr
    return ended.stderr
