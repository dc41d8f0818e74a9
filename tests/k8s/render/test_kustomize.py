"""Folders of kustomize hold the same objects, each once in every overlay."""

import posixpath
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from k8s.render.kustomize import files
from tests.k8s.rendered import CASES, Manifest, case

KUBECTL = shutil.which("kubectl")


def _built(folders: dict[str, str], path: str) -> list[Manifest]:
    """What kustomize makes of a folder: the documents of its resources, theirs included."""
    found: list[Manifest] = []
    for name in yaml.safe_load(folders[f"{path}/kustomization.yaml"])["resources"]:
        there = posixpath.normpath(f"{path}/{name}")
        found += [yaml.safe_load(folders[there])] if there in folders else _built(folders, there)
    return found


@pytest.mark.parametrize("name", CASES)
def test_all_pools_together_are_what_is_rendered(name: str) -> None:
    """Nothing is left out or there twice."""
    manifests = case(name)
    built = _built(files(manifests), "overlays/all")
    assert len(built) == len(manifests)
    assert [each for each in manifests if each not in built] == []


def test_an_overlay_has_one_architecture() -> None:
    """The base, and the pools of that architecture alone."""
    folders = files(case("whole"))
    found = {
        m["metadata"]["labels"].get("synergai.org/architecture")
        for m in _built(folders, "overlays/gpu")
    }
    assert found == {None, "gpu"}
    assert {path.split("/")[1] for path in folders if path.startswith("overlays/")} == {
        "all", "gpu", "jetson",
    }  # fmt: skip


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on this machine")
def test_kubectl_builds_it(tmp_path: Path) -> None:
    """Where kubectl is there, its kustomize reads the folders as we do."""
    folders = files(case("whole"))
    for path, text in folders.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    built = subprocess.run(
        [str(KUBECTL), "kustomize", tmp_path / "overlays" / "all"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    ours = _built(folders, "overlays/all")
    assert len(list(yaml.safe_load_all(built.stdout))) == len(ours)
