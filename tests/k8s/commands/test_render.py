"""``synergai k8s render``: what it prints, and how a mistake ends."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "synergai", "k8s", *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=60,
    )  # fmt: skip


def test_the_example_is_rendered_in_both_forms() -> None:
    """Documents of YAML, or a List of JSON with the same objects."""
    documents = _run("render", "-f", "examples/deployment.yaml")
    whole = _run("render", "-f", "examples/deployment.yaml", "--output", "json")
    assert documents.returncode == whole.returncode == 0, documents.stderr + whole.stderr
    assert list(yaml.safe_load_all(documents.stdout)) == json.loads(whole.stdout)["items"]


def test_a_mistake_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    """No stack trace for who mistyped a field."""
    path = tmp_path / "d.yaml"
    path.write_text("kafka: {bootstrap: 'k:1'}\nmodels: [magika]\narchitecture: {}\n")
    ended = _run("render", "-f", str(path))
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Error: {path}: found an unknown field 'architecture'")
    assert "Traceback" not in ended.stderr


def test_folders_of_kustomize_are_kept_up_to_date(tmp_path: Path) -> None:
    """What was written before and is no longer meant goes; a stranger's folder is left alone."""
    there = tmp_path / "out"
    text = (ROOT / "examples" / "deployment.yaml").read_text()
    (tmp_path / "d.yaml").write_text(text)
    said = _run("render", "-f", str(tmp_path / "d.yaml"), "--directory", str(there))
    assert "kubectl apply -k" in said.stdout
    assert (there / "overlays" / "gpu" / "kustomization.yaml").exists()
    (tmp_path / "d.yaml").write_text("".join(x for x in text.splitlines(True) if "gpu:" not in x))
    _run("render", "-f", str(tmp_path / "d.yaml"), "--directory", str(there))
    assert not (there / "overlays" / "gpu" / "kustomization.yaml").exists()
    assert (there / "overlays" / "xeon" / "kustomization.yaml").exists()
    refused = _run("render", "-f", str(tmp_path / "d.yaml"), "--directory", str(tmp_path))
    assert refused.returncode == 2
    assert "found d.yaml, out, allowed: a folder that is empty" in refused.stderr
