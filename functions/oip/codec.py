"""Whole requests and responses: JSON, optionally followed by binary tensors."""

from collections.abc import Mapping

import msgspec

from functions.errors import InputError
from functions.oip.schema import (
    InferenceRequest,
    InferenceResponse,
    RequestTensor,
    ResponseTensor,
)
from functions.oip.values import from_bytes, from_json, to_bytes, to_json
from functions.ports import Array
from functions.runtimes.tensors import datatype


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its tensors as arrays."""

    request: InferenceRequest
    tensors: Mapping[str, Array]


def decode(body: bytes, json_length: int | None = None) -> Decoded:
    """Read a request; ``json_length`` is the length of the JSON part, None if that is all.

    Raises:
        InputError: names the field or input, what was found and what is allowed.
    """
    length = len(body) if json_length is None else json_length
    if not 0 <= length <= len(body):
        raise InputError(f"JSON length: found {length}, allowed: 0 to {len(body)} (the body)")
    try:
        request = msgspec.json.decode(body[:length], type=InferenceRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"body: no inference request: {error}") from None
    return Decoded(request=request, tensors=_tensors(request, body[length:]))


def encode(
    response: InferenceResponse, tensors: Mapping[str, Array], binary: frozenset[str]
) -> tuple[bytes, int | None]:
    """The body, and the length of its JSON part if tensors named in ``binary`` follow it."""
    described, raw = [], []
    for name, array in tensors.items():
        kind = datatype(array)
        tensor = ResponseTensor(name=name, shape=array.shape, datatype=kind)
        if name in binary:
            raw.append(to_bytes(array, kind))
            size = {"binary_data_size": len(raw[-1])}
            described.append(msgspec.structs.replace(tensor, parameters=size))
        else:
            described.append(msgspec.structs.replace(tensor, data=to_json(array, kind)))
    text = msgspec.json.encode(msgspec.structs.replace(response, outputs=tuple(described)))
    return b"".join([text, *raw]), len(text) if raw else None


def wanted_binary(request: InferenceRequest, names: frozenset[str]) -> frozenset[str]:
    """Which outputs the client wants as binary tensors."""
    everything = bool(request.parameters.get("binary_data_output", False))
    said = {o.name: bool(o.parameters.get("binary_data", everything)) for o in request.outputs}
    return frozenset(name for name in names if said.get(name, everything))


def _tensors(request: InferenceRequest, raw: bytes) -> dict[str, Array]:
    place, tensors = 0, {}
    for tensor in request.inputs:
        if tensor.name in tensors:
            raise InputError(f"input {tensor.name}: found twice, allowed: once")
        size = _binary_size(tensor)
        if size is None:
            array = from_json(tensor.name, tensor.datatype, tensor.shape, tensor.data)
        elif place + size > len(raw):
            raise InputError(f"input {tensor.name}: {size} binary bytes announced, body is shorter")
        else:
            chunk = raw[place : place + size]
            array = from_bytes(tensor.name, tensor.datatype, tensor.shape, chunk)
            place += size
        tensors[tensor.name] = array
    if place != len(raw):
        raise InputError(f"body: {len(raw) - place} bytes after the last binary tensor")
    return tensors


def _binary_size(tensor: RequestTensor) -> int | None:
    size = tensor.parameters.get("binary_data_size")
    if size is None:
        return None
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        place = f"input {tensor.name}: parameters.binary_data_size"
        raise InputError(f"{place}: found {size!r:.40}, allowed: an integer from 0")
    return size
