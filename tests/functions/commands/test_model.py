"""The commands on models, as a person or a program calls them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from functions.catalogue.entries import ENTRIES
from functions.commands.model import model as command
from functions.errors import PermanentError, UnknownModelError
from tests.support.own_models import PICTURES, folder


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """A folder with two own models."""
    folder(tmp_path / "mine" / "double")
    folder(tmp_path / "mine" / "reddish", PICTURES)
    return str(tmp_path / "mine")


def run(*arguments: str) -> str:
    """What a good call prints on standard output."""
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def rows(*arguments: str) -> Any:
    """The same for programs."""
    return json.loads(run(*arguments, "--output", "json"))


def test_list_has_the_catalogue_and_own_models(mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not they are fetched, with the same keys in each row."""
    monkeypatch.setenv("SYNERGAI_CACHE", f"{mine}/no-cache")
    found = rows("list", "--model-folder", mine)
    assert [row["name"] for row in found] == [*ENTRIES, "double", "reddish"]
    assert [row["fetched"] for row in found] == [False] * 5 + [True] * 2
    assert {tuple(row) for row in found} == {tuple(found[0])}
    assert found[2]["engines"] == ["onnxruntime", "litert"]
    assert found[2]["size_bytes"] == 230_444 + 204_448
    assert not Path(mine, "no-cache").exists()


def test_list_is_a_table_for_people(mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, media type, size and licence."""
    monkeypatch.setenv("COLUMNS", "130")
    monkeypatch.setenv("SYNERGAI_MODEL_FOLDERS", mine)
    text = run("list")
    for word in ("silero-vad", "audio/wav", "2.8 MB", "any bytes", "reddish", "tensors only"):
        assert word in text


def test_show_tells_tensors_file_and_hash(mine: str) -> None:
    """Of an own model, without a network."""
    (found,) = rows("show", "reddish", "--model-folder", mine)
    tensors = found["tensors"]["onnxruntime"]
    assert tensors["inputs"] == [{"name": "x", "datatype": "FP32", "shape": [-1, 3, -1, -1]}]
    assert Path(found["files"]["onnxruntime"]).name == "means.onnx"
    assert len(found["sha256"]["onnxruntime"]) == 64
    assert found["profile"].startswith("none")
    assert "x: FP32 [any, 3, any, any]" in run("show", "reddish", "--model-folder", mine)


def test_a_net_that_cannot_be_loaded_is_shown_with_the_reason(mine: str) -> None:
    """The rest is told all the same."""
    Path(mine, "double", "double.onnx").write_bytes(b"no net")
    (found,) = rows("show", "double", "--model-folder", mine)
    assert "no ONNX model" in found["tensors"]["onnxruntime"]["unknown"]


@pytest.mark.models
def test_pull_fetches_and_says_where_the_files_lie() -> None:
    """One row per engine, on standard output; progress goes elsewhere."""
    found = rows("pull", "basic-pitch", "magika")
    assert [(row["name"], row["engine"]) for row in found] == [
        ("basic-pitch", "onnxruntime"), ("basic-pitch", "litert"), ("magika", "onnxruntime"),
    ]  # fmt: skip
    assert all(Path(row["file"]).is_file() for row in found)


@pytest.mark.models
def test_show_names_the_wheel_and_its_hash() -> None:
    """Of a model of the catalogue, on both engines."""
    (found,) = rows("show", "basic-pitch")
    assert ENTRIES["basic-pitch"].wheel.sha256 in found["source"]
    assert set(found["tensors"]) == {"onnxruntime", "litert"}
    assert found["licence"] == "Apache-2.0"
    assert found["profile"] == "synergai profile show --model basic-pitch"


def test_mistakes_are_said(mine: str) -> None:
    """An unknown name lists what there is; a bad folder names it."""
    with pytest.raises(UnknownModelError, match=r"found 'cat', allowed: silero-vad.*reddish"):
        run("show", "cat", "--model-folder", mine)
    with pytest.raises(UnknownModelError, match="found 'cat'"):
        run("pull", "cat")
    with pytest.raises(PermanentError, match="found no folder"):
        run("list", "--model-folder", f"{mine}/gone")
