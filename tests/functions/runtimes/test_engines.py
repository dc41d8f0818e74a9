"""Both engines over the same tiny net."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from functions import runtimes
from functions.errors import InputError, PermanentError
from functions.ports import Session, TensorSpec
from functions.runtimes.litert import find
from tests.support.function_models import model


@pytest.fixture(params=runtimes.ENGINES)
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    """The tiny net on each engine."""
    return runtimes.get(request.param).load(model(tmp_path, engine=request.param).file, 1)


def test_declares_its_tensors(session: Session) -> None:
    """Names, datatypes and shapes are those of the net; any size is -1."""
    assert session.inputs == (TensorSpec(name="x", datatype="FP32", shape=(-1, 4)),)
    assert session.outputs == (TensorSpec(name="y", datatype="FP32", shape=(-1, 4)),)


def test_computes_any_batch(session: Session) -> None:
    """The batch axis may change from call to call, and results are not overwritten."""
    first = session.run({"x": np.ones((1, 4), np.float32)})["y"]
    second = session.run({"x": np.full((3, 4), 2, np.float32)})["y"]
    assert first.tolist() == [[2.0] * 4]
    assert second.tolist() == [[4.0] * 4] * 3
    session.close()


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({}, "inputs: found [], allowed: exactly ['x']"),
        ({"z": np.ones((1, 4), np.float32)}, "found ['z']"),
        ({"x": np.ones((1, 4), np.float64)}, "input x: found FP64, allowed: FP32"),
        ({"x": np.ones((1, 5), np.float32)}, "found shape [1, 5], allowed: [any, 4]"),
        ({"x": np.ones(4, np.float32)}, "found shape [4]"),
    ],
)
def test_refuses_what_does_not_fit(
    session: Session, tensors: dict[str, np.ndarray], said: str
) -> None:
    """The message names the tensor, what was found and what is allowed."""
    with pytest.raises(InputError) as caught:
        session.run(tensors)
    assert said in str(caught.value)


@pytest.mark.parametrize("engine", runtimes.ENGINES)
def test_refuses_a_file_that_is_no_model(engine: str, tmp_path: Path) -> None:
    """The message names the file."""
    file = tmp_path / "broken"
    file.write_bytes(b"no model at all")
    with pytest.raises(PermanentError, match=r"broken: no .* model"):
        runtimes.get(engine).load(file, 1)
    with pytest.raises(PermanentError):
        runtimes.get(engine).load(tmp_path / "absent", 1)


def test_refuses_an_unknown_engine() -> None:
    """The message lists the engines."""
    with pytest.raises(PermanentError, match="found 'torch', allowed: onnxruntime, litert"):
        runtimes.get("torch")


class _Broken:
    def __init__(self, **_: object) -> None:
        raise SystemError("numpy.core.multiarray failed to import")


class _Sound:
    def __init__(self, **_: object) -> None:
        raise ValueError("Model provided has no model identifier")


def test_passes_over_a_library_that_cannot_construct(monkeypatch: pytest.MonkeyPatch) -> None:
    """tflite-runtime imports with numpy 2 but breaks when used; the next candidate is taken."""
    for name, interpreter in {"broken_lib": _Broken, "sound_lib": _Sound}.items():
        module = ModuleType(name)
        module.Interpreter = interpreter  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    found, said = find([("broken_lib", "msgspec"), ("sound_lib", "numpy")])
    assert found is _Sound
    assert said == f"numpy {np.__version__}"
    with pytest.raises(ImportError, match=r"msgspec: numpy\.core.multiarray failed"):
        find([("broken_lib", "msgspec")])


def test_says_what_is_installed_where_an_engine_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is a message with the other engines, no stack trace."""
    monkeypatch.setitem(sys.modules, "functions.runtimes.onnx", None)
    with pytest.raises(PermanentError, match=r"not usable .* installed: litert"):
        runtimes.get("onnxruntime")
