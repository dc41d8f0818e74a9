"""``synergai k8s`` against a bed, as a person runs it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.k8s.bed.api import Api

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it said."""

    code: int
    output: str
    error: str


def synergai(*arguments: str, within_s: float = 100.0) -> Answer:
    """One command, to its end; what it says holds no stack trace."""
    ended = subprocess.run(
        [sys.executable, "-m", "synergai", *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=within_s,
    )  # fmt: skip
    assert "Traceback" not in ended.stderr, ended.stderr
    return Answer(ended.returncode, ended.stdout, ended.stderr)


def run(api: Api, action: str, path: Path, *more: str, within_s: float = 100.0) -> Answer:
    """One command for a deployment file, against the bed."""
    where = ("--kubeconfig", str(api.kubeconfig))
    return synergai("k8s", action, "-f", str(path), *where, *more, within_s=within_s)
