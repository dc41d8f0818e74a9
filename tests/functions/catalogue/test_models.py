"""The shipped catalogue and a user's own folders, as one."""

from pathlib import Path

import pytest

from functions.catalogue import open_catalogue
from functions.errors import PermanentError, TemporaryError, UnknownModelError
from tests.support.own_models import folder


def test_opening_fetches_nothing(tmp_path: Path) -> None:
    """The cache is not even made."""
    models = open_catalogue(tmp_path / "cache", [folder(tmp_path / "mine")], None)
    assert models.names[-1] == "double"
    assert not (tmp_path / "cache").exists()


def test_an_own_model_is_found_on_its_engine_only(tmp_path: Path) -> None:
    """Without a network."""
    models = open_catalogue(tmp_path, [folder(tmp_path / "mine")], None)
    assert models.find("double").engine == "onnxruntime"
    assert models.find("double", "onnxruntime").name == "double"
    with pytest.raises(UnknownModelError, match="found 'litert', allowed: onnxruntime"):
        models.find("double", "litert")


def test_unknown_models_and_engines_are_told_what_there_is(tmp_path: Path) -> None:
    """Own ones are listed too; nothing is fetched to say so."""
    models = open_catalogue(tmp_path, [folder(tmp_path / "mine")], None)
    with pytest.raises(UnknownModelError, match=r"found 'cat', allowed: basic-pitch, double"):
        models.find("cat")
    with pytest.raises(UnknownModelError, match=r"model magika: engine: found 'litert', allowed"):
        models.find("magika", "litert")


def test_a_model_that_cannot_be_fetched_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another time there may be a network; both ways out are said."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(TemporaryError, match=r"magika-1\.0\.3.*PIP_INDEX_URL.*SYNERGAI_WHEELS"):
        open_catalogue(tmp_path, (), None).find("magika")


def test_a_folder_that_cannot_be_used_is_refused_at_once(tmp_path: Path) -> None:
    """When the catalogue is opened, not when the model is asked for."""
    with pytest.raises(PermanentError, match="found no folder"):
        open_catalogue(tmp_path, [tmp_path / "gone"], None)
