"""The how-tos on replays are true: their commands and programs run, their file is a recording."""

import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest

from streams.documents import schemas
from streams.replay import lines
from streams.replay.schema import Ended, Entry, Header
from tests.support.broker import Bootstrap
from tests.support.outside_project import copied, pytest_in
from tests.support.scripted_app import ScriptedApp

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
TEXT = (HOWTO / "record-and-replay.md").read_text()
TESTS = (HOWTO / "replay-tests.md").read_text()
LIVE, SIMULATED = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
(FILE,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
(PROGRAM,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
(TEST,) = re.findall(r"```python\n(.*?)```", TESTS, re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example's recording and stack files."""
    return copied(tmp_path)


def said(folder: Path, *arguments: str) -> str:
    """What Python prints; it must end well."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True, text=True, check=False, cwd=folder, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def typed(block: str) -> list[list[str]]:
    """The arguments of each line, without its remark."""
    return [line.partition("#")[0].split()[1:] for line in block.splitlines()]


def test_the_simulated_commands(project: Path) -> None:
    """They run without a broker, and the comparison is between both runs."""
    *replays, comparison = (said(project, "-m", "synergai", *line) for line in typed(SIMULATED))
    assert all("traffic.jsonl: 40 requests: 40 met" in told for told in replays)
    assert "violations B less A: +0.00 points" in comparison


@pytest.mark.kafka
@pytest.mark.timeout(200)
def test_the_live_commands(project: Path, broker: Bootstrap, topic_prefix: str) -> None:
    """Record, replay and compare against a broker, one after the other."""
    stack = ["--bootstrap", broker.bootstrap, "--prefix", topic_prefix]
    with ScriptedApp(broker.bootstrap, topic_prefix):
        said(project, "-m", "synergai", "replay", "traffic.jsonl", "--max", *stack)
        told = [
            said(project, "-m", "synergai", *line, *(stack if line[0] != "compare" else []))
            for line in typed(LIVE)
        ]
    assert "40 outcomes" in told[0]
    assert told[1].startswith("traffic.jsonl.gz: 40 requests")
    assert "sent at speed 2" in told[2]
    assert "violations B less A: +0.00 points" in told[3]


def test_the_file_is_a_recording(project: Path) -> None:
    """Both lines are read, fit their schemas, and the program prints the request."""
    head, request = FILE.splitlines()
    assert lines.header(head.encode(), "here").version == 1
    assert lines.entry(request.encode(), "here").value == b"hello\n"
    for name, line in (("header", head), ("request", request)):
        schema = schemas.documents()[f"recording-{name}.json"]
        jsonschema.Draft7Validator(schema).validate(msgspec.json.decode(line))
    (project / "traffic.jsonl").write_text(FILE)
    assert said(project, "-c", PROGRAM) == "0.0 magika 0.15 6\n"


def test_every_field_is_described() -> None:
    """What a recording may hold stands in the tables."""
    described = TEXT[TEXT.index("| field of the header") :]
    fields = {name for kind in (Header, Entry, Ended) for name in kind.__struct_fields__}
    assert {name for name in fields if f"`{name}`" not in described} == set()


def test_the_simulated_test_of_the_howto(project: Path) -> None:
    """It passes in a project of somebody else."""
    (project / "test_traffic.py").write_text(TEST)
    ended = pytest_in(project, "-k", "edge")
    assert ended.returncode == 0, ended.stdout
    assert "1 passed" in ended.stdout
