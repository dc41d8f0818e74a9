"""What a stranger gets: a clone of what is committed (HEAD; not what lies uncommitted here)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.broker.options import KAFKA
from tests.support.broker import cache

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 540


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone without an environment."""
    if not (ROOT / ".git").exists():
        pytest.skip("this tree is no git repository, so there is nothing to clone")
    folder = tmp_path_factory.mktemp("fresh") / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's cache as far as it is filled; what a clone adds to it is gone after the test."""
    folder, known = tmp_path_factory.mktemp("cache"), cache()
    for part in (Path("models"), Path("kafka") / KAFKA / "jars"):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        if (known / part).exists():
            (folder / part).symlink_to(known / part)
    return folder


def make(clone: Path, *arguments: str, **environment: str) -> str:
    """What ``make`` prints in the clone, with this Python and no virtual environment."""
    ours = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "MAKEFLAGS"}}
    done = subprocess.run(
        ["make", f"PYTHON={Path(sys.executable).resolve()}", *arguments],
        cwd=clone, env=ours | environment, capture_output=True, text=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_help_lists_the_commands_before_anything_is_installed(clone: Path) -> None:
    """A newcomer sees demo, test and up, and no environment is made for it."""
    said = make(clone, "help")
    assert all(f"make {command} " in said for command in ("demo", "test", "up"))
    assert not (clone / ".venv").exists()


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE_S + 60)
def test_the_demo_sets_itself_up_and_loses_nothing(clone: Path, warm: Path) -> None:
    """One command in a fresh clone: an environment, a stack, five seconds of traffic, a report."""
    said = make(clone, "demo", "DEMO_ARGS=--seconds 5", SYNERGAI_CACHE=str(warm))
    report = json.loads((clone / "build" / "demo" / "report.json").read_bytes())
    assert (report["lost"], report["repeated"]) == (0, 0)
    assert report["requests"] == sum(report["outcomes"].values()) > 0
    assert "lost 0, repeated 0" in said
    make(clone, "clean")
    assert not (clone / ".venv").exists()
    assert not (clone / "build").exists()
