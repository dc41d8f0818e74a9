"""What the images install can be had: the Dockerfiles' own steps, resolved and not carried out."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.k8s.images.test_dockerfiles import instructions

ROOT = Path(__file__).parents[3]
IMAGES = ROOT / "k8s" / "images"
UV = Path(sys.executable).parent / "uv"
PYTHON = "3.12"


def _uv(*arguments: str | Path) -> str:
    done = subprocess.run(
        [UV, *arguments], capture_output=True, text=True, check=False, cwd=ROOT, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def extras(role: str) -> list[str]:
    """The extras that a Dockerfile resolves, as it says them."""
    runs = [rest for word, rest in instructions(IMAGES / f"{role}.Dockerfile") if word == "RUN"]
    (step,) = re.findall(r"uv pip compile pyproject.toml (.*?) -o", " ".join(runs))
    return re.findall(r"--extra (\S+)", step)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "machine"),
    [
        ("app", "x86_64"),
        ("controller", "x86_64"),
        ("controller", "aarch64"),
        ("function-cpu", "x86_64"),
        ("function-cpu", "aarch64"),
        ("function-cuda", "x86_64"),
        ("function-l4t", "aarch64"),
    ],
)
def test_every_wheel_is_there_by_its_hash(role: str, machine: str, tmp_path: Path) -> None:
    """For the image's Python and machine, in the versions and with the hashes of the lock."""
    asked = [word for extra in extras(role) for word in ("--extra", extra)]
    lock, names = "requirements/dev.lock", tmp_path / "names.txt"
    platform = ["--python-platform", f"{machine}-unknown-linux-gnu", "--python-version", PYTHON]
    _uv(
        "pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate", *asked,
        *platform, "-c", lock, "-o", names,
    )  # fmt: skip
    _uv(
        "pip", "install", "--dry-run", "--target", tmp_path / "there", *platform,
        "--only-binary", ":all:", "--require-hashes", "-r", names, "-c", lock,
    )  # fmt: skip


@pytest.mark.slow
def test_the_wheel_for_cuda_is_there_by_its_hash(tmp_path: Path) -> None:
    """It takes the place of the wheel that the extra asks for."""
    _uv(
        "pip", "install", "--dry-run", "--target", tmp_path / "there", "--no-deps",
        "--python-platform", "x86_64-unknown-linux-gnu", "--python-version", PYTHON,
        "--only-binary", ":all:", "--require-hashes", "-r", IMAGES / "onnxruntime-gpu.lock",
    )  # fmt: skip


def test_images_have_one_python() -> None:
    """That of the base images is the one that is resolved for."""
    for path in IMAGES.glob("*.Dockerfile"):
        (base,) = [rest for word, rest in instructions(path) if rest.startswith("BASE=")]
        assert f"python:{PYTHON}." in base or "ubuntu24.04" in base
