"""The build stage of a Dockerfile, carried out in a folder instead of an image."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.k8s.images.test_dockerfiles import ROOT, instructions

_HERE = re.compile(r"(?<![\w/])/(opt|var/cache)/")
"""Places of an image that are below the folder here."""


def staged(role: str, folder: Path, **arguments: str) -> Path:
    """Run its steps as they are written, with a Python of its own; where the command line is then.

    ``arguments``: build arguments. Raises CalledProcessError with what was said.
    """
    stage = _build_stage(role)
    (folder / "opt").mkdir()
    source = _context(folder / "src", stage)
    subprocess.run([sys.executable, "-m", "venv", folder / "python"], check=True)
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    path = f"{folder / 'python' / 'bin'}:{kept['PATH']}"
    environment = kept | {"PATH": path, **_defaults(stage), **arguments}
    for word, rest in stage:
        if word == "RUN":
            step = _HERE.sub(rf"{folder}/\1/", rest)
            subprocess.run(
                ["/bin/sh", "-e", "-c", step], cwd=source, env=environment, check=True,
                capture_output=True, text=True,
            )  # fmt: skip
    return folder / "opt" / "synergai" / "bin" / "synergai"


def _build_stage(role: str) -> list[tuple[str, str]]:
    found = instructions(ROOT / "k8s" / "images" / f"{role}.Dockerfile")
    begins = [n for n, (word, _) in enumerate(found) if word == "FROM"]
    return found[begins[0] + 1 : begins[1]]


def _context(source: Path, stage: list[tuple[str, str]]) -> Path:
    """What the stage copies, into its working folder."""
    for word, rest in stage:
        *names, target = rest.split() if word == "COPY" else [""]
        for name in names:
            there = source / target / ("" if name.endswith("/") else name)
            there.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                shutil.copytree(ROOT / name, there, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, there)
    return source


def _defaults(stage: list[tuple[str, str]]) -> dict[str, str]:
    pairs = (rest.partition("=") for word, rest in stage if word == "ARG")
    return {name: value.strip('"') for name, _, value in pairs}
