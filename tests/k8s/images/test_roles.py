"""An image has what its role imports: the extras of its Dockerfile are enough."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.k8s.images.test_installing import ROOT, UV, extras

ROOTS = {
    "app": ["synergai", "streams.commands.app", "streams.app", "streams.worker.admin"],
    "controller": ["synergai", "streams.prewarm.serve", "k8s.cluster.client",
                   "streams.source.serve"],
    "function-cpu": ["synergai", "functions.server.serving", "functions.runtimes.onnx",
                     "functions.runtimes.litert", "functions.reporting.kafka"],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("role", ROOTS)
def test_its_extras_are_enough(role: str, tmp_path: Path) -> None:
    """Its composition root is imported with everything else out of reach."""
    names = tmp_path / "names.txt"
    asked = [word for extra in extras(role) for word in ("--extra", extra)]
    subprocess.run(
        [UV, "pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate", *asked,
         "-c", "requirements/dev.lock", "-o", names],
        check=True, cwd=ROOT, capture_output=True,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.k8s.images.blocked", names, *ROOTS[role]],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
