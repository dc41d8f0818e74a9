"""Where commands connect to."""

import json
import os
from pathlib import Path

import pytest

from streams.commands.connection import found_bootstrap
from streams.errors import StreamsError


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own and no broker in the environment."""
    monkeypatch.setenv("SYNERGAI_DATA", str(tmp_path))
    monkeypatch.delenv("SYNERGAI_KAFKA_BOOTSTRAP", raising=False)
    return tmp_path


def running(data: Path, pid: int) -> None:
    """The file of a local stack."""
    (data / "stack.json").write_text(json.dumps({"bootstrap": "127.0.0.1:1", "pid": pid}))


def test_order(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flag wins over the environment, which wins over the running stack."""
    running(data, os.getpid())
    assert found_bootstrap(None) == "127.0.0.1:1"
    monkeypatch.setenv("SYNERGAI_KAFKA_BOOTSTRAP", "env:2")
    assert found_bootstrap(None) == "env:2"
    assert found_bootstrap("flag:3") == "flag:3"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x", "bootstrap": "b"}'])
def test_unusable_file(data: Path, text: str) -> None:
    """A file that says nothing usable is no running stack."""
    (data / "stack.json").write_text(text)
    with pytest.raises(StreamsError, match="synergai up"):
        found_bootstrap(None)


def test_dead_stack(data: Path) -> None:
    """A stack whose process has ended is none."""
    running(data, 2**22 + 1)  # above the kernel's largest process id
    with pytest.raises(StreamsError, match="no running local stack"):
        found_bootstrap(None)
