"""The how-to on simulating is true: its scenario is read, its commands and its program run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.simulator.types import Burst, Generated, Pool, Recorded, World
from scheduler.simulator.workload import COLUMNS
from streams.commands.scenarios import load

TEXT = (Path(__file__).parents[2] / "docs" / "howto" / "simulate.md").read_text()
(SCENARIO,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
(COMMANDS,) = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
(PROGRAM,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the scenario lies."""
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    return tmp_path


def _run(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_commands(folder: Path) -> None:
    """Both run; the table names all variants, the JSON has them too."""
    table, as_json = (
        _run(["-m", "synergai", *line.split()[1:]], folder) for line in COMMANDS.splitlines()
    )
    assert "mine: 1000 requests" in table
    assert list(json.loads(as_json)[0]["policies"]) == ["edf", "kairos"]


def test_the_program(folder: Path) -> None:
    """It prints the share of violations and the first answers."""
    shown = _run(["-c", PROGRAM], folder)
    assert 0 < float(shown.split()[0]) < 1


def test_every_field_is_described() -> None:
    """What a scenario may hold stands in the tables."""
    structs = (World, Pool, Recorded, Generated, Burst)
    fields = {name for struct in structs for name in struct.__struct_fields__}
    described = TEXT[TEXT.index("## A scenario") : TEXT.index("## The output")]
    missing = {name for name in {*fields, *COLUMNS} if not re.search(rf"\b{name}\b", described)}
    assert missing == set()


def test_the_scenario(folder: Path) -> None:
    """It is one, and has as many requests as it says."""
    assert load(folder / "mine.yaml").workload(0).work.size == 1000
