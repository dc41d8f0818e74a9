"""The how-to on policies is true: its file and its line make a policy that passes the tests."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "howto" / "add-a-policy.md").read_text()
FILE, LINE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
(COMMANDS,) = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
(PLACE,) = re.findall(r"^`(scheduler/policies/\w+\.py)`:$", TEXT, re.MULTILINE)
TABLE = "] = {\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what runs, with the file and the line added."""
    for room in ("profiles", "scheduler", "functions", "streams", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=ignored)
    for file in ("synergai.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / PLACE).write_text(FILE)
    registry = tmp_path / "scheduler" / "registry.py"
    registry.write_text(registry.read_text().replace(TABLE, TABLE + LINE, 1))
    return tmp_path


def test_one_file_and_one_line(copy: Path) -> None:
    """Each command of the how-to ends well and speaks of the policy."""
    said = []
    for command in COMMANDS.splitlines():
        ended = subprocess.run(
            [sys.executable, "-m", *command.split()],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        said.append(ended.stdout)
    assert said[0].startswith("two-choices: Each request to the one of two drawn slots")
    assert "a whole number from 0" in said[0]
    assert " passed" in said[1]


def test_in_our_style(copy: Path) -> None:
    """The example is as our own code is to be."""
    for rules in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *rules, "--quiet", PLACE]
        ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
