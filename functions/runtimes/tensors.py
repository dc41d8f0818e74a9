"""Checks of tensors against what a net declares, and the names of datatypes."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from functions.errors import InputError
from functions.ports import Array, Tensors, TensorSpec

DATATYPES: Final[Mapping[str, str]] = {
    "bool": "BOOL", "uint8": "UINT8", "uint16": "UINT16", "uint32": "UINT32", "uint64": "UINT64",
    "int8": "INT8", "int16": "INT16", "int32": "INT32", "int64": "INT64",
    "float16": "FP16", "float32": "FP32", "float64": "FP64", "object": "BYTES",
}  # fmt: skip
"""numpy's names to those of the Open Inference Protocol."""


def datatype(array: Array) -> str:
    """The protocol's name for an array's type; anything that is no number is BYTES."""
    return DATATYPES.get(array.dtype.name, "BYTES")


def check(tensors: Tensors, specs: Sequence[TensorSpec]) -> None:
    """Compare names, datatypes and shapes with what the net declares.

    Raises:
        InputError: names the tensor, what was found and what is allowed.
    """
    names = {spec.name for spec in specs}
    if set(tensors) != names:
        raise InputError(f"inputs: found {sorted(tensors)}, allowed: exactly {sorted(names)}")
    for spec in specs:
        array = tensors[spec.name]
        if datatype(array) != spec.datatype:
            found = datatype(array)
            raise InputError(f"input {spec.name}: found {found}, allowed: {spec.datatype}")
        if not _fits(array.shape, spec.shape):
            shape = list(array.shape)
            raise InputError(
                f"input {spec.name}: found shape {shape}, allowed: {_shown(spec.shape)}"
            )


def stacked(arrays: Sequence[Array]) -> Array:
    """Requests' arrays as one batch along the first axis."""
    return np.concatenate(list(arrays), axis=0)


def _fits(found: tuple[int, ...], allowed: tuple[int, ...]) -> bool:
    pairs = zip(found, allowed, strict=False)
    return len(found) == len(allowed) and all(b in (-1, a) for a, b in pairs)


def _shown(shape: tuple[int, ...]) -> str:
    return "[" + ", ".join("any" if size < 0 else str(size) for size in shape) + "]"
