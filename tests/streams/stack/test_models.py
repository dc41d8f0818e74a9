"""The models of a stack are fetched before anything runs."""

from pathlib import Path

import pytest

from profiles.schema import Configuration
from streams.errors import StreamsError
from streams.stack.models import fetch
from streams.stack.schema import PoolSpec, StackFile
from tests.support.function_models import TinyCatalogue


def test_tells_each_models_preferred_engine_and_the_progress(tmp_path: Path) -> None:
    """A pool of another engine gets that file too, where the model has one."""
    told: list[tuple[str, int, int]] = []
    lite = PoolSpec(name="lite", configuration=Configuration(engine="litert"))
    stack = StackFile(models=("double", "double-lite"), pools=(PoolSpec(name="a"), lite))
    found = fetch(stack, TinyCatalogue(tmp_path), "f.yaml", lambda *step: told.append(step))
    assert found == {"double": "onnxruntime", "double-lite": "litert"}
    assert told == [("models", 0, 2), ("models", 1, 2), ("models", 2, 2)]
    assert (tmp_path / "double.litert").exists()


def test_an_unknown_model_names_the_file_and_what_there_is(tmp_path: Path) -> None:
    """Before any process runs."""
    stack = StackFile(models=("doubel",))
    with pytest.raises(StreamsError, match=r"f\.yaml: models: model: found 'doubel', allowed"):
        fetch(stack, TinyCatalogue(tmp_path), "f.yaml", lambda *_: None)
