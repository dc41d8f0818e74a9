"""Engines that run nets: ONNX Runtime and LiteRT (or tflite-runtime where only that works)."""

import importlib
from typing import Final

from functions.errors import PermanentError
from functions.ports import Runtime

ENGINES: Final = {
    "onnxruntime": ("functions.runtimes.onnx", "OnnxRuntime"),
    "litert": ("functions.runtimes.litert", "LiteRuntime"),
}


def get(name: str) -> Runtime:
    """The engine called ``name``; its library is imported now.

    Raises:
        PermanentError: unknown or not installed; the message lists what is allowed.
    """
    if name not in ENGINES:
        raise PermanentError(f"engine: found {name!r}, allowed: {', '.join(ENGINES)}")
    module, attribute = ENGINES[name]
    try:
        runtime: Runtime = getattr(importlib.import_module(module), attribute)()
    except ImportError as error:
        raise PermanentError(
            f"engine {name}: not installed ({error}); pip install 'synergai[functions]'"
        ) from None
    return runtime
