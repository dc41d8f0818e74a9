"""The protocol's JSON objects; source: Open Inference Protocol V2, binary tensor extension."""

from typing import Any

import msgspec

BINARY_HEADER = "inference-header-content-length"
"""HTTP header (and event extension, without hyphens) with the length of the JSON part in bytes."""
BINARY_EXTENSION = BINARY_HEADER.replace("-", "")
"""The same as a CloudEvents extension."""


class RequestTensor(msgspec.Struct, frozen=True, kw_only=True):
    """One input; its values follow in the body if ``parameters.binary_data_size`` is there."""

    name: str
    shape: tuple[int, ...]
    datatype: str
    parameters: dict[str, Any] = {}
    data: Any = None


class RequestedOutput(msgspec.Struct, frozen=True, kw_only=True):
    """One wanted output."""

    name: str
    parameters: dict[str, Any] = {}


class InferenceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON part of a request."""

    inputs: tuple[RequestTensor, ...]
    id: str = ""
    parameters: dict[str, Any] = {}
    outputs: tuple[RequestedOutput, ...] = ()


class ResponseTensor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One output; without ``data`` where its values follow in the body."""

    name: str
    shape: tuple[int, ...]
    datatype: str
    parameters: dict[str, Any] = {}
    data: Any = None


class InferenceResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON part of a response."""

    model_name: str
    model_version: str
    outputs: tuple[ResponseTensor, ...]
    id: str = ""


class MetadataTensor(msgspec.Struct, frozen=True, kw_only=True):
    """An input or output in a model's metadata."""

    name: str
    datatype: str
    shape: tuple[int, ...]


class ModelMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``GET /v2/models/{model}``."""

    name: str
    versions: tuple[str, ...]
    platform: str
    inputs: tuple[MetadataTensor, ...]
    outputs: tuple[MetadataTensor, ...]


class ServerMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of ``GET /v2``."""

    name: str
    version: str
    extensions: tuple[str, ...] = ("binary_tensor_data",)
