"""ONNX Runtime, on a GPU where its library has been built for one and on the CPU otherwise."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import onnxruntime

from functions.errors import InputError, PermanentError
from functions.ports import Array, Tensors, TensorSpec
from functions.runtimes.tensors import check

_PROVIDERS: Final = ("CUDAExecutionProvider", "CPUExecutionProvider")
"""In order of preference; what one cannot compute the next does."""
_DATATYPES: Final = {
    "float": "FP32", "double": "FP64", "float16": "FP16", "string": "BYTES", "bool": "BOOL",
}  # fmt: skip


def providers(available: Sequence[str]) -> list[str]:
    """Those of ours that a library brings, the preferred first."""
    return [name for name in _PROVIDERS if name in available]


class OnnxRuntime:
    """Opens ``.onnx`` files."""

    name = "onnxruntime"
    version = str(onnxruntime.__version__)

    def load(self, file: Path, threads: int) -> "OnnxSession":
        """Open a model; threads do not spin, since instances share cores.

        Raises:
            PermanentError: the file is no ONNX model.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # it never shrinks, and our shapes vary
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                str(file), options, providers=providers(onnxruntime.get_available_providers())
            )
        except Exception as error:  # noqa: BLE001 - its C++ errors share no public base
            raise PermanentError(f"{file}: no ONNX model that can be run: {error}") from None
        return OnnxSession(session)


class OnnxSession:
    """One loaded ONNX net."""

    def __init__(self, session: Any) -> None:
        self._session: Any = session
        self.inputs = tuple(_spec(node) for node in session.get_inputs())
        self.outputs = tuple(_spec(node) for node in session.get_outputs())

    def run(self, tensors: Tensors) -> dict[str, Array]:
        """All outputs of one call.

        Raises:
            InputError: tensors that do not fit, or that the net refuses.
        """
        check(tensors, self.inputs)
        try:
            values = self._session.run(None, dict(tensors))
        except Exception as error:  # noqa: BLE001 - its C++ errors share no public base
            raise InputError(f"the net refuses its input: {error}") from None
        return {spec.name: value for spec, value in zip(self.outputs, values, strict=True)}

    def close(self) -> None:
        """Give the memory back."""
        self._session = None


def _spec(node: Any) -> TensorSpec:
    kind = node.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, int) else -1 for size in node.shape)
    return TensorSpec(name=node.name, datatype=_DATATYPES.get(kind, kind.upper()), shape=shape)
