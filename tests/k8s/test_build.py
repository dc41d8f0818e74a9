"""What ``make k8s-tools`` and ``make test`` say where there is no Go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(("arguments", "code"), [((), 2), (("--where-possible",), 0)])
def test_without_go(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    """Asked for outright it is wrong input; before the tests it is said, and they are skipped."""
    nothing = {"PATH": str(tmp_path), "SYNERGAI_CACHE": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.k8s.bed.build", *arguments],
        env={**os.environ, **nothing}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == code, ended.stderr
    assert "go: not found; needed: Go 1.26" in ended.stdout
    assert ("are skipped" in ended.stdout) == (code == 0)
