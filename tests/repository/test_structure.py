"""What the repository promises about its own shape."""

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("profiles", "scheduler", "functions", "streams", "k8s")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FOREIGN = ("faust", "kubernetes", "onnxruntime", "aiokafka", "kafka", "ai_edge_litert")


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_are_imported_from_this_repository(room: str) -> None:
    """A distribution of the same name in site-packages does not win over ours."""
    spec = find_spec(room)
    assert spec is not None
    assert spec.origin == str(ROOT / room / "__init__.py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_300_lines(path: Path) -> None:
    """A module is one idea: 300 lines at most."""
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_60_lines(path: Path) -> None:
    """A function fits on a screen."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(path.read_text())
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, functions) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


def test_no_module_is_called_utils_or_common() -> None:
    """A name says what is inside."""
    assert [p for p in SOURCES if p.stem in {"utils", "common", "helpers", "misc"}] == []


def test_no_work_is_left_in_comments() -> None:
    """What is not done is an issue, not a comment."""
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    assert [p for p in SOURCES if any(mark in p.read_text() for mark in marks)] == []


@pytest.mark.parametrize(
    "module", ["scheduler", "scheduler.registry", "functions.schema", "profiles.store"]
)
def test_light_modules_load_no_heavy_library(module: str) -> None:
    """Importing the pure rooms leaves Kafka, Kubernetes and the engines alone."""
    code = f"import sys, {module}; print([n for n in {FOREIGN!r} if n in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == "[]"


def test_every_test_says_what_behaviour_it_holds() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_test_folder_is_a_package() -> None:
    """Without ``__init__.py`` tests/scheduler would shadow the room."""
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [f for f in folders if not (f / "__init__.py").exists()] == []


def test_the_lock_file_holds_hashes_and_no_address() -> None:
    """Dependencies are pinned by hash, wherever they are fetched from."""
    for name in ("dev.lock", "bootstrap.lock"):
        text = (ROOT / "requirements" / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
