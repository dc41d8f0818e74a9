"""What an image holds, built here without one: the Dockerfile's own steps, in a folder."""

import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.k8s.images.staged import staged
from tests.k8s.images.test_dockerfiles import ROOT
from tests.support.broker import cache

_ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "SYNERGAI_"))}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_controllers_image_speaks_of_clusters(tmp_path: Path) -> None:
    """Its command line is there, with what it needs and no more."""
    command = staged("controller", tmp_path)
    said = subprocess.run(
        [command, "k8s", "validate", "-f", ROOT / "examples" / "deployment.yaml"],
        cwd=tmp_path, env=_ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "0 problems" in said.stdout
    absent = "import importlib.util as u; print(u.find_spec('faust'), u.find_spec('onnxruntime'))"
    told = subprocess.run(
        [command.parent / "python", "-c", absent], capture_output=True, text=True, check=True,
        env=_ENVIRONMENT, cwd=tmp_path,
    )  # fmt: skip
    assert told.stdout.split() == ["None", "None"]


@pytest.mark.slow
@pytest.mark.models
@pytest.mark.timeout(400)
def test_the_functions_image_serves_its_models(tmp_path: Path) -> None:
    """Those that it was built with, from its own cache, without fetching anything."""
    wheels = {"UV_CACHE_DIR": os.environ["UV_CACHE_DIR"]} if "UV_CACHE_DIR" in os.environ else {}
    command = staged("function-cpu", tmp_path, MODELS="magika", **wheels)
    models = tmp_path / "var" / "cache" / "synergai"
    assert models != cache()
    environment = _ENVIRONMENT | {"SYNERGAI_CACHE": str(models), "SYNERGAI_MODELS": "magika"}
    with subprocess.Popen(
        [command, "function", "serve", "--port", "0"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            address = process.stdout.readline().split("http://")[1].split()[0]
            with urllib.request.urlopen(f"http://{address}/health/ready") as answer:
                assert answer.status == 200
        finally:
            process.terminate()
            process.communicate(timeout=60)
