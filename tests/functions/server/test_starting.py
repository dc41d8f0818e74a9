"""Which models an instance loads, and how."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import msgspec
import pytest

from functions.engine.loaded import LoadedModel
from functions.engine.worker import Worker
from functions.errors import PermanentError, UnknownModelError
from functions.server import starting
from tests.support.function_models import Doubling, TinyCatalogue, sample
from tests.support.function_server import SETTINGS


def test_the_configuration_chooses_the_engine(tmp_path: Path) -> None:
    """A model that does not exist on that engine comes on its own one."""
    settings = msgspec.structs.replace(SETTINGS, models=("double", "double-lite", "double"))
    models = starting.find(settings, TinyCatalogue(tmp_path))
    assert [(m.name, m.engine) for m in models] == [
        ("double", "onnxruntime"), ("double-lite", "litert"),
    ]  # fmt: skip
    lite = msgspec.structs.replace(settings, configuration="litert-fp32-t1-b1")
    assert {m.engine for m in starting.find(lite, TinyCatalogue(tmp_path))} == {"litert"}


def test_engine_auto_is_each_models_own(tmp_path: Path) -> None:
    """What a stack file means by ``engine: auto``; any other name is refused."""
    auto = {"configuration": "auto-fp32-t1-b1", "models": ("double", "double-lite")}
    models = starting.find(msgspec.structs.replace(SETTINGS, **auto), TinyCatalogue(tmp_path))
    assert [model.engine for model in models] == ["onnxruntime", "litert"]
    other = msgspec.structs.replace(SETTINGS, configuration="tensorrt-fp32-t1-b1")
    with pytest.raises(PermanentError, match="'tensorrt', allowed: auto, onnxruntime, litert"):
        starting.find(other, TinyCatalogue(tmp_path))


def test_threads_batch_slots_and_pace(tmp_path: Path) -> None:
    """A session per slot; batches as large as configuration and model allow."""
    loaded = _load("onnxruntime-fp32-t2-b64", tmp_path, slots=2, pace={"double": 3.0})["double"]
    assert (loaded.threads, loaded.largest_batch, len(loaded.sessions)) == (2, 8, 2)
    assert (loaded.factor, loaded.load_s > 0) == (3.0, True)


def _load(key: str, folder: Path, **changed: object) -> Mapping[str, LoadedModel]:
    settings = msgspec.structs.replace(SETTINGS, configuration=key, **changed)
    return starting.load(settings, starting.find(settings, TinyCatalogue(folder)))


@pytest.mark.parametrize(("known", "batches"), [(True, [1]), (False, [])])
async def test_warms_with_samples_where_there_are_any(
    tmp_path: Path, known: bool, batches: list[int]
) -> None:
    """A model without a sample starts cold."""

    def found(name: str) -> tuple[bytes, str]:
        if not known:
            raise UnknownModelError(f"no sample of {name}")
        return sample(name)

    loaded = _load("onnxruntime-fp32-t1-b1", tmp_path)
    worker = Worker(loaded, slots=1, queue_limit=1)
    await starting.warm(worker, found, lambda: 0.0)
    assert cast("Doubling", loaded["double"].model.processing).batches == batches
    await worker.close()


def test_refuses_an_unknown_model(tmp_path: Path) -> None:
    """The catalogue's message is passed on."""
    settings = msgspec.structs.replace(SETTINGS, models=("other",))
    with pytest.raises(PermanentError, match="found 'other', allowed: double"):
        starting.find(settings, TinyCatalogue(tmp_path))
