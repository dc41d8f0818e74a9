"""A net that needs no download, as a folder of a user's own model: it doubles four numbers."""

from pathlib import Path
from typing import Final

import yaml

NAME: Final = "double"
BODY: Final = b'{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1.0,2.0,3.0,4.0]}]}'
"""A request of it."""
_FLOAT: Final = 1
_WIDTH: Final = 4


def write(folder: Path) -> None:
    """Write the net and its ``model.yaml``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "double.onnx").write_bytes(onnx())
    said = {
        "name": NAME,
        "file": "double.onnx",
        "engine": "onnxruntime",
        "description": "twice its input",
        "licence": "Apache-2.0",
        "max_batch": 8,
    }
    (folder / "model.yaml").write_text(yaml.safe_dump(said))


def onnx() -> bytes:
    """``y = x + x`` over FP32 [any, 4]: the protobuf of ONNX, field by field."""
    dims = field(1, field(2, b"n")) + field(1, number(1, _WIDTH))
    kind = field(1, number(1, _FLOAT) + field(2, dims))
    node = field(1, b"x") + field(1, b"x") + field(2, b"y") + field(4, b"Add")
    graph = (
        field(1, node)
        + field(2, b"double")
        + field(11, field(1, b"x") + field(2, kind))
        + field(12, field(1, b"y") + field(2, kind))
    )
    return number(1, 8) + field(7, graph) + field(8, field(1, b"") + number(2, 13))


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def number(tag: int, value: int) -> bytes:
    """A whole number under this tag of a protobuf message."""
    return _varint(tag << 3) + _varint(value)


def field(tag: int, content: bytes) -> bytes:
    """Bytes, text or a message under this tag."""
    return _varint(tag << 3 | 2) + _varint(len(content)) + content
