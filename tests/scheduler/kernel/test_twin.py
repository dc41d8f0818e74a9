"""The compiled kernel and the same source as Python."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.kernel_worlds import decided, played

ROOT = Path(__file__).parents[3]
MOMENTS, RUNS = 400, 12


def test_python_decides_alike() -> None:
    """Without the compiler every decision and every run come out the same."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.support.kernel_worlds", str(MOMENTS), str(RUNS)],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [str(decided(seed)) for seed in range(MOMENTS)]
    lines += [str(played(seed)) for seed in range(RUNS)]
    assert found.stdout.splitlines() == lines
    assert sum(line != "[]" for line in lines[:MOMENTS]) > MOMENTS / 2


def test_runs_without_numba() -> None:
    """Where numba is not installed the kernel still decides."""
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from tests.support.kernel_worlds import decided\n"
        "print([decided(seed) for seed in range(20)])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == str([decided(seed) for seed in range(20)])
