"""``synergai k8s validate``: what it says of files and folders, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from tests.k8s.validate.cases import SERVICE, SOURCE, changed

ROOT = Path(__file__).parents[3]


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "synergai", "k8s", "validate", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=60,
    )  # fmt: skip


def test_the_example_is_good_and_names_its_flags() -> None:
    """With the command that turns them on; nothing is changed by it."""
    ended = _run("-f", "examples/deployment.yaml")
    assert ended.returncode == 0, ended.stderr
    assert "0 problems" in ended.stdout
    assert "kubectl patch configmap config-features -n knative-serving" in ended.stdout
    assert '"kubernetes.podspec-runtimeclassname": "enabled"' in ended.stdout


def test_a_flag_that_is_not_among_those_enabled_is_missing() -> None:
    """Exit code 1, with the object that needs it."""
    ended = _run("-f", "examples/deployment.yaml", "--enabled", "kubernetes.podspec-nodeselector")
    assert ended.returncode == 1
    assert "feature flag kubernetes.podspec-runtimeclassname is on" in ended.stdout
    assert "podspec-nodeselector is on" not in ended.stdout


def test_manifests_of_somebody_else(tmp_path: Path) -> None:
    """Documents, a List and a folder; each problem with object, place, found and allowed."""
    bad = changed(SERVICE, {"spec.template.spec.timeoutSeconds": 900})
    (tmp_path / "a.yaml").write_text(yaml.safe_dump_all([bad, SOURCE]))
    whole = {"apiVersion": "v1", "kind": "List", "items": [SERVICE]}
    (tmp_path / "b.json").write_text(json.dumps(whole))
    ended = _run("-f", tmp_path, "--output", "json")
    assert ended.returncode == 1
    report = json.loads(ended.stdout)
    assert report["objects"] == 3
    (problem,) = report["problems"]
    assert problem.startswith("Service edge: spec.template.spec.timeoutSeconds: found 900, allowed")


def test_a_source_that_would_lose_requests_is_told(tmp_path: Path) -> None:
    """Admitted by a cluster, and yet not what anybody wants: advice, exit code 0."""
    lossy = changed(SOURCE, {"spec.delivery": None, "spec.initialOffset": "latest"})
    (tmp_path / "source.yaml").write_text(yaml.safe_dump(lossy))
    ended = _run("-f", tmp_path / "source.yaml")
    assert ended.returncode == 0
    assert "advice: KafkaSource edge: spec.delivery: found no retry" in ended.stdout
    assert "advice: KafkaSource edge: spec.initialOffset: found latest" in ended.stdout


def test_what_is_neither_manifest_nor_deployment(tmp_path: Path) -> None:
    """One sentence and exit code 2."""
    (tmp_path / "x.yaml").write_text("a: b\n")
    ended = _run("-f", tmp_path / "x.yaml")
    assert ended.returncode == 2
    assert "found an unknown field 'a', allowed: name, namespace" in ended.stderr
