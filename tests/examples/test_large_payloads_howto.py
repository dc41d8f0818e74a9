"""The how-to about large payloads runs, on a real stack with real functions."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stack_process import READY, StackProcess, up

pytest.importorskip("fsspec")

TEXT = (Path(__file__).parents[2] / "docs" / "howto" / "large-payloads.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SUBMIT = re.findall(r"```sh\n(synergai submit.*?)\n```", TEXT)
LARGE = b"#!/bin/sh\n" + b"echo of many bytes\n" * 300_000
PLACE = "/srv/payloads"


@pytest.mark.kafka
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_large_payloads_are_answered(tmp_path: Path) -> None:
    """By command, by our client, by any producer; refused where the folder is not the one."""
    (tmp_path / "large.bin").write_bytes(LARGE)
    payloads = tmp_path / "payloads"
    payloads.mkdir()
    stack = tmp_path / "stack.yaml"
    stack.write_text("models: [magika]\n")
    place = f"file://{payloads}"
    with up(tmp_path, "-f", str(stack), SYNERGAI_CLAIM_CHECKS=place) as running:
        running.until(READY)
        for command in SUBMIT:
            words = shlex.split(_here(command, tmp_path, running))[1:]
            ended = running.run(*words, "--output", "json")
            assert ended.returncode in {0, 1}, ended.stderr
            [row] = json.loads(ended.stdout)
            assert row["kind"] in {"met", "late"}, row
            assert row["answer"]["type"] == "shell"
        said = [_run(_here(snippet, tmp_path, running), tmp_path) for snippet in SNIPPETS]
        assert "'type': 'shell'" in said[0]
        assert said[1].startswith("offset")
        assert len(list(payloads.iterdir())) == 3
        elsewhere = ("--claim-check", f"file://{tmp_path}/elsewhere", "--output", "json")
        file = str(tmp_path / "large.bin")
        refused = running.run("submit", "--model", "magika", "--file", file, *elsewhere)
        [row] = json.loads(refused.stdout)
        assert (row["kind"], row["reason"]) == ("rejected", "unsupported")
        none = running.run("submit", "--model", "magika", "--file", file)
        assert none.returncode == 2
        assert "larger payloads go by claim check" in none.stderr


def _here(text: str, folder: Path, running: StackProcess) -> str:
    bootstrap = json.loads((running.data / "stack.json").read_bytes())["bootstrap"]
    text = text.replace("127.0.0.1:9092", bootstrap).replace(PLACE, str(folder / "payloads"))
    return text.replace("large.bin", str(folder / "large.bin"))


def _run(snippet: str, folder: Path) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", snippet], capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
