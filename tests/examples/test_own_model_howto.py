"""The how-to on own models is true: its files are read, its commands and its program run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.chaos.net import onnx
from streams.stack.schema import load
from tests.support.own_models import onnx_means

TEXT = (Path(__file__).parents[2] / "docs" / "howto" / "bring-your-own-model.md").read_text()
TENSORS, PICTURES, STACK = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
COMMANDS, SERVE = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
(PROGRAM,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SYNERGAI = [sys.executable, "-m", "synergai"]


def _folder(place: Path, said: str) -> Path:
    place.mkdir()
    (place / "model.yaml").write_text(said)
    (place / "double.onnx").write_bytes(onnx())
    (place / "classes.onnx").write_bytes(onnx_means())
    (place / "labels.txt").write_text("cat\ndog\nbird\n")
    return place


def _run(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, cwd=folder, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def _serving(command: str, folder: Path) -> Iterator[str]:
    """The command of the how-to on a free port; its ``host:port`` when it takes requests."""
    arguments = command.replace("8080", "0").split()[1:]
    with subprocess.Popen(
        [*SYNERGAI, *arguments], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        try:
            yield line.split("http://")[1].split()[0]
        finally:
            process.terminate()
            process.communicate(timeout=60)


def test_a_net_of_tensors(tmp_path: Path) -> None:
    """Listed, shown, served and asked as it is written."""
    _folder(tmp_path / "mine", TENSORS)
    for line in COMMANDS.splitlines():
        assert "double" in _run([*SYNERGAI, *line.split()[1:]], tmp_path)
    with _serving(SERVE, tmp_path) as address:
        program = PROGRAM.replace("127.0.0.1:8080", address)
        assert _run([sys.executable, "-c", program], tmp_path) == "[2.0, 4.0, 6.0, 8.0]\n"


def test_a_net_of_pictures(tmp_path: Path) -> None:
    """Its description is read; the tensor is the one the step makes."""
    _folder(tmp_path / "photos", PICTURES)
    shown = [*SYNERGAI, "model", "show", "photo-classes", "--model-folder", "photos"]
    assert "x: FP32 [any, 3, any, any]" in _run(shown, tmp_path)


def test_the_stack(tmp_path: Path) -> None:
    """The stack file is one, and its folder is the one beside it."""
    _folder(tmp_path / "mine", TENSORS)
    (tmp_path / "stack.yaml").write_text(STACK)
    assert load(tmp_path / "stack.yaml").model_folders == (str(tmp_path / "mine"),)
