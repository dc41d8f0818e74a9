"""Tensor values as JSON numbers and as raw little-endian bytes."""

import base64
import math
import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from functions.errors import InputError
from functions.ports import Array

DTYPES: Final = {
    "BOOL": np.dtype("bool"), "UINT8": np.dtype("u1"), "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"), "UINT64": np.dtype("<u8"), "INT8": np.dtype("i1"),
    "INT16": np.dtype("<i2"), "INT32": np.dtype("<i4"), "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"), "FP32": np.dtype("<f4"), "FP64": np.dtype("<f8"),
    "BYTES": np.dtype("O"),
}  # fmt: skip
_LENGTH: Final = struct.Struct("<I")


def from_json(name: str, datatype: str, shape: Sequence[int], data: Any) -> Array:
    """An array of JSON values, flat or nested; BYTES are strings.

    Raises:
        InputError: names the input, what was found and what is allowed.
    """
    dtype = _dtype(name, datatype)
    if data is None:
        raise InputError(f"input {name}: found neither data nor binary_data_size, allowed: one")
    if datatype == "BYTES":
        return _shaped(name, _objects([_bytes(name, item) for item in _flat(data)]), shape)
    try:
        return _shaped(name, np.asarray(data, dtype=dtype).reshape(-1), shape)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"input {name}: data is no {datatype}: {error}") from None


def from_bytes(name: str, datatype: str, shape: Sequence[int], raw: bytes) -> Array:
    """An array of raw little-endian values; BYTES are prefixed by their 4-byte length.

    Raises:
        InputError: names the input, what was found and what is allowed.
    """
    dtype = _dtype(name, datatype)
    if datatype == "BYTES":
        return _shaped(name, _objects(_split(name, raw)), shape)
    if len(raw) % dtype.itemsize:
        raise InputError(
            f"input {name}: found {len(raw)} bytes, allowed: a multiple of {dtype.itemsize}"
        )
    return _shaped(name, np.frombuffer(raw, dtype), shape)


def to_json(array: Array, datatype: str) -> list[Any]:
    """Flat JSON values; bytes that are no UTF-8 become Base64."""
    if datatype == "BYTES":
        return [_text(item) for item in array.reshape(-1)]
    values: list[Any] = array.reshape(-1).tolist()
    return values


def to_bytes(array: Array, datatype: str) -> bytes:
    """Raw little-endian values, row by row."""
    if datatype == "BYTES":
        return b"".join(_LENGTH.pack(len(item)) + bytes(item) for item in array.reshape(-1))
    return np.ascontiguousarray(array, dtype=DTYPES[datatype]).tobytes()


def _dtype(name: str, datatype: str) -> np.dtype[Any]:
    if datatype not in DTYPES:
        raise InputError(f"input {name}: datatype {datatype!r}, allowed: {', '.join(DTYPES)}")
    return DTYPES[datatype]


def _shaped(name: str, array: Array, shape: Sequence[int]) -> Array:
    if any(size < 0 for size in shape) or math.prod(shape) != array.size:
        raise InputError(f"input {name}: found {array.size} values for shape {list(shape)}")
    return array.reshape(tuple(shape))


def _objects(items: list[bytes]) -> Array:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _flat(data: Any) -> list[Any]:
    if not isinstance(data, list):
        return [data]
    return [item for part in data for item in _flat(part)]


def _bytes(name: str, item: Any) -> bytes:
    if not isinstance(item, str):
        raise InputError(f"input {name}: found {item!r:.40} in BYTES, allowed: strings")
    return item.encode()


def _split(name: str, raw: bytes) -> list[bytes]:
    items, place = [], 0
    while place < len(raw):
        end = place + _LENGTH.size
        size = _LENGTH.unpack(raw[place:end])[0] if end <= len(raw) else len(raw)
        if end + size > len(raw):
            raise InputError(f"input {name}: BYTES end in the middle of an item at byte {place}")
        items.append(raw[end : end + size])
        place = end + size
    return items


def _text(item: bytes) -> str:
    try:
        return bytes(item).decode()
    except UnicodeDecodeError:
        return base64.b64encode(item).decode()
