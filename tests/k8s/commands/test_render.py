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
