"""The locked versions can be had for the Pythons and machines that the README names."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).parent / "uv"
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extra", "machine", "version"),
    [
        ("functions", "aarch64", "3.11"),
        ("functions", "aarch64", "3.12"),
        ("functions", "aarch64", "3.13"),
        ("local", "x86_64", "3.12"),
        ("local", "x86_64", "3.13"),
    ],
)
def test_the_lock_has_wheels(extra: str, machine: str, version: str) -> None:
    """Everything an extra needs is there as a wheel, in the version of the lock, no compiler."""
    resolved = subprocess.run(
        [
            UV, "pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate",
            "--extra", extra, "--python-platform", f"{machine}-unknown-linux-gnu",
            "--python-version", version, "--only-binary", ":all:",
            "--constraint", "requirements/dev.lock",
        ],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert resolved.returncode == 0, resolved.stderr
    found = set(PINNED.findall(resolved.stdout))
    assert found
    assert found <= set(PINNED.findall((ROOT / "requirements" / "dev.lock").read_text()))
    assert ("faust-streaming" in dict(found)) == (extra == "local")
