"""Engines that run nets: ONNX Runtime and LiteRT (or tflite-runtime where only that works)."""

import importlib
import importlib.util
from typing import Final

from functions.errors import PermanentError
from functions.ports import Runtime

ENGINES: Final = {
    "onnxruntime": ("functions.runtimes.onnx", "OnnxRuntime"),
    "litert": ("functions.runtimes.litert", "LiteRuntime"),
}

_LIBRARIES: Final = {
    "onnxruntime": ("onnxruntime",),
    "litert": ("ai_edge_litert", "tflite_runtime"),
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
        others = ", ".join(other for other in installed() if other != name) or "none"
        raise PermanentError(
            f"engine {name}: not usable ({error}); installed: {others}; "
            "pip install 'synergai[functions]'"
        ) from None
    return runtime


def installed() -> tuple[str, ...]:
    """Engines whose library is on this machine; nothing is imported."""
    return tuple(name for name, found in _LIBRARIES.items() if any(map(_there, found)))


def _there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
