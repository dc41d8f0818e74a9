"""The compiled search and the same source as Python."""

import os
import subprocess
import sys
from pathlib import Path

from tests.scheduler.bracket.twin import found

ROOT = Path(__file__).parents[3]
PROBLEMS = 4


def test_python_finds_the_same() -> None:
    """Without the compiler bound, prices and schedule come out the same."""
    other = subprocess.run(
        [sys.executable, "-m", "tests.scheduler.bracket.twin", str(PROBLEMS)],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.splitlines() == [found(seed) for seed in range(PROBLEMS)]
