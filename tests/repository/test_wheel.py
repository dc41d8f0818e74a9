"""The built wheel, as a user would install it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).parent / "uv"


def _run(*arguments: str | Path) -> str:
    done = subprocess.run(
        [str(a) for a in arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this tree without network."""
    out = tmp_path_factory.mktemp("dist")
    _run(UV, "build", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", out)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_rooms_and_their_data_and_no_tests(wheel: Path) -> None:
    """Only what runs is shipped: rooms, typed markers, data files, licence."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if "dist-info" not in name}
    assert tops == {"profiles", "scheduler", "functions", "streams", "k8s", "synergai.py"}
    for needed in ("profiles/py.typed", "streams/demo/stack.yaml"):
        assert needed in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    (entries,) = (name for name in names if name.endswith("entry_points.txt"))
    told = zipfile.ZipFile(wheel).read(entries).decode()
    assert "[pytest11]\nsynergai = streams.testing.plugin" in told


@pytest.mark.slow
def test_a_clean_environment_gets_a_command_line_that_answers(wheel: Path, tmp_path: Path) -> None:
    """The base install has no Faust, Kafka or engine, and its help and profiles still work."""
    environment = tmp_path / "clean"
    _run(UV, "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    locked = ROOT / "requirements" / "dev.lock"
    _run(UV, "pip", "install", "--quiet", "--python", python, "-c", locked, wheel)
    command = environment / "bin" / "synergai"
    assert "submit" in _run(command, "--help")
    assert _run(command, "--version").startswith("synergai")
    assert "architecture" in _run(command, "profile", "show", "--output", "json")
    absent = (
        "import importlib.util as u; print([n for n in ('faust','onnxruntime') if u.find_spec(n)])"
    )
    assert _run(python, "-c", absent).strip() == "[]"
