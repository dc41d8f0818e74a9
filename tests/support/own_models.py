"""Folders of a user's own models for tests."""

from pathlib import Path

import yaml

from streams.chaos.net import field, number, onnx

_FLOAT = 1
TENSORS = {
    "name": "double",
    "file": "double.onnx",
    "engine": "onnxruntime",
    "description": "twice its input",
    "licence": "Apache-2.0",
}
PICTURES = {
    "name": "reddish",
    "file": "means.onnx",
    "engine": "onnxruntime",
    "description": "which of three colours a picture has most of",
    "licence": "MIT",
    "processing": "image",
    "max_batch": 4,
    "image": {"size": 16, "labels": "labels.txt", "top": 2},
}


def onnx_means() -> bytes:
    """An ONNX net: the mean of each channel of FP32 [any, 3, any, any]."""
    x = _value(b"x", [b"n", 3, b"h", b"w"])
    y = _value(b"y", [b"n", 3])
    axes = field(1, b"axes") + number(8, 2) + number(8, 3) + number(20, 7)
    keep = field(1, b"keepdims") + number(3, 0) + number(20, 2)
    node = field(1, b"x") + field(2, b"y") + field(4, b"ReduceMean")
    node += field(5, axes) + field(5, keep)
    graph = field(1, node) + field(2, b"means") + field(11, x) + field(12, y)
    return number(1, 8) + field(7, graph) + field(8, field(1, b"") + number(2, 13))


def folder(place: Path, said: object = None, **changes: object) -> Path:
    """A folder with both tiny nets, labels and a ``model.yaml``; None leaves a field out."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "double.onnx").write_bytes(onnx())
    (place / "means.onnx").write_bytes(onnx_means())
    (place / "labels.txt").write_text("red\ngreen\nblue\n")
    fields = {**(said if isinstance(said, dict) else TENSORS), **changes}
    kept = {field: value for field, value in fields.items() if value is not None}
    (place / "model.yaml").write_text(yaml.safe_dump(kept))
    return place


def _value(name: bytes, shape: list[bytes | int]) -> bytes:
    sizes = b"".join(
        field(1, number(1, size) if isinstance(size, int) else field(2, size)) for size in shape
    )
    return field(1, name) + field(2, field(1, number(1, _FLOAT) + field(2, sizes)))
