"""Compiled modules are kept where nobody else does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from streams import bytecode
bytecode._LARGEST = "large"
bytecode.keep(Path(sys.argv[2]))
import large
print(sys.dont_write_bytecode, sys.pycache_prefix)
"""


def run(folder: Path, **environment: str) -> tuple[str, list[Path]]:
    """What Python is told in a process of its own, and the bytecode in our folder after it."""
    ours = folder / "ours"
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(folder), str(ours)],
        env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip(), sorted(ours.rglob("large.*.pyc"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the library lies."""
    (tmp_path / "large.py").write_text("X = 1\n")
    return tmp_path


def test_kept_in_our_folder_where_python_may_write_none(folder: Path) -> None:
    """And not beside the sources."""
    said, kept = run(folder, PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX="")
    assert said == f"False {folder / 'ours'}"
    assert len(kept) == 1
    assert not (folder / "__pycache__").exists()


def test_left_alone_where_the_libraries_bring_theirs(folder: Path) -> None:
    """What was compiled when they were installed is read."""
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", str(folder)],
        env={**os.environ, "PYTHONPYCACHEPREFIX": "", "PYTHONDONTWRITEBYTECODE": ""}, check=True,
    )  # fmt: skip
    assert run(folder, PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX="") == ("True None", [])


def test_left_alone_where_python_keeps_it(folder: Path) -> None:
    """As it does unless it is told not to, or wherever it is told to."""
    assert run(folder, PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX="") == ("False None", [])
    elsewhere = str(folder / "elsewhere")
    found = run(folder, PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX=elsewhere)
    assert found == (f"True {elsewhere}", [])
