"""The how-to on clusters is true: its files are rendered and validated, its commands are there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "howto" / "deploy-on-a-cluster.md").read_text()
FILES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()
]
CONSOLE = "\n".join(re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL))


@pytest.mark.parametrize("content", FILES, ids=["whole", "strimzi", "own-model"])
def test_a_file_is_rendered_and_good(tmp_path: Path, content: str) -> None:
    """Every command that is written beside it ends well, in the folder of the file."""
    (tmp_path / "deployment.yaml").write_text(content)
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(command)],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
    assert (tmp_path / "deploy" / "overlays" / "all" / "kustomization.yaml").exists()


def test_the_first_file_is_the_example() -> None:
    """What the page shows is what lies in examples/, but for what is a default."""
    example = yaml.safe_load((ROOT / "examples" / "deployment.yaml").read_text())
    shown = yaml.safe_load(FILES[0])
    assert shown.items() <= example.items()


def test_images_are_built_from_files_that_are_there() -> None:
    """Every Dockerfile is named, under the name that a deployment file gives it by default."""
    named = re.findall(r"-f (k8s/images/\S+) .*-t REGISTRY/synergai-(\S+):", CONSOLE)
    assert {path for path, _ in named} == {
        str(path.relative_to(ROOT)) for path in (ROOT / "k8s" / "images").glob("*.Dockerfile")
    }
    assert all(f"/{role}.Dockerfile" in path for path, role in named)


def test_variables_are_settings() -> None:
    """What is exported is in the reference of settings."""
    reference = (ROOT / "docs" / "reference" / "settings.md").read_text()
    for name in set(re.findall(r"SYNERGAI_[A-Z_]+", CONSOLE)):
        assert f"`{name}`" in reference
