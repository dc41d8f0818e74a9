"""A project of somebody else that uses our pytest plugin, with a pytest of its own."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "replay-tests"
_WITHIN_S = 240
_MARK = "SYNERGAI_OUTSIDE_PROJECT"
_SCOPE = "asyncio_default_fixture_loop_scope=function"
"""pytest-asyncio warns where it is not said."""


def plugin() -> list[str]:
    """Nothing where the plugin is installed; in a tree that is not, the option that loads it."""
    there = entry_points(group="pytest11", name="synergai")
    return [] if there else ["-p", "streams.testing.plugin"]


def copied(folder: Path) -> Path:
    """The example project elsewhere."""
    return Path(shutil.copytree(EXAMPLE, folder / "project"))


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run its tests as its developers do; warnings are errors there too."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    environ[_MARK] = str(folder)
    options = ["-p", "no:cacheprovider", "-W", "error", "-o", _SCOPE, *plugin()]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=_WITHIN_S,
    )  # fmt: skip


def left(folder: Path) -> list[str]:
    """Command lines of processes that its tests left behind."""
    mark, found = f"{_MARK}={folder}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found
