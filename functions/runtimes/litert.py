"""LiteRT on the CPU, or tflite-runtime (the same Interpreter) where only that is installed."""

import contextlib
import importlib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from functions.errors import InputError, PermanentError
from functions.ports import Array, Tensors, TensorSpec
from functions.runtimes.tensors import DATATYPES, check

_CANDIDATES: Final = (
    ("ai_edge_litert.interpreter", "ai-edge-litert"),
    ("tflite_runtime.interpreter", "tflite-runtime"),
)


def find(candidates: Sequence[tuple[str, str]] = _CANDIDATES) -> tuple[Any, str]:
    """The first Interpreter that works here, with its library's name and version.

    Raises:
        ImportError: there is none; says why each was passed over.
    """
    reasons = []
    for module, distribution in candidates:
        try:
            interpreter = importlib.import_module(module).Interpreter
            _probe(interpreter)
        except Exception as error:  # noqa: BLE001 - a broken library fails in its own ways
            reasons.append(f"{distribution}: {error}")
        else:
            return interpreter, f"{distribution} {metadata.version(distribution)}"
    raise ImportError("; ".join(reasons))


def _probe(interpreter: Any) -> None:
    """Construct one of no model: a sound library says so with ValueError, a broken one breaks.

    tflite-runtime imports with numpy 2 and then fails at every construction.
    """
    with contextlib.suppress(ValueError):
        interpreter(model_content=b"no model")


class LiteRuntime:
    """Opens ``.tflite`` files."""

    name = "litert"

    def __init__(self) -> None:
        """Find the library.

        Raises:
            ImportError: neither library is installed and works.
        """
        self._interpreter, self.version = find()

    def load(self, file: Path, threads: int) -> "LiteSession":
        """Open a model.

        Raises:
            PermanentError: the file is no TFLite model of this library's version.
        """
        try:
            interpreter = self._interpreter(model_path=str(file), num_threads=threads)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError, TypeError, ImportError) as error:
            raise PermanentError(f"{file}: no TFLite model that can be run: {error}") from None
        return LiteSession(interpreter)


class LiteSession:
    """One loaded TFLite net; a first axis of another size is resized where the net allows it."""

    def __init__(self, interpreter: Any) -> None:
        self._interpreter: Any = interpreter
        self._inputs = {row["name"]: row for row in interpreter.get_input_details()}
        self._outputs = {row["name"]: row["index"] for row in interpreter.get_output_details()}
        self.inputs = tuple(_spec(row) for row in interpreter.get_input_details())
        self.outputs = tuple(_spec(row) for row in interpreter.get_output_details())

    def run(self, tensors: Tensors) -> dict[str, Array]:
        """All outputs of one call; they are copies.

        Raises:
            InputError: tensors that do not fit, or that the net refuses.
        """
        check(tensors, self.inputs)
        try:
            self._resize(tensors)
            for name, array in tensors.items():
                self._interpreter.set_tensor(self._inputs[name]["index"], array)
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise InputError(f"the net refuses its input: {error}") from None
        return {name: self._interpreter.get_tensor(i) for name, i in self._outputs.items()}

    def close(self) -> None:
        """Give the memory back."""
        self._interpreter = None

    def _resize(self, tensors: Tensors) -> None:
        changed = False
        for name, array in tensors.items():
            row = self._inputs[name]
            if tuple(row["shape"]) != array.shape:
                self._interpreter.resize_tensor_input(row["index"], array.shape, strict=True)
                changed = True
        if changed:
            self._interpreter.allocate_tensors()
            self._inputs = {row["name"]: row for row in self._interpreter.get_input_details()}


def _spec(row: Any) -> TensorSpec:
    signature = row.get("shape_signature")
    shape = row["shape"] if signature is None or not len(signature) else signature
    return TensorSpec(
        name=row["name"],
        datatype=DATATYPES.get(row["dtype"].__name__, "BYTES"),
        shape=tuple(int(size) for size in shape),
    )
