"""Tiny nets (y = x + x), what surrounds them, and a catalogue of them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import flatbuffers  # type: ignore[import-untyped]
import numpy as np

from functions.errors import InputError, TemporaryError, UnknownModelError
from functions.ports import Answer, Model, Session, Tensors
from streams.chaos.net import onnx


def tflite_double(width: int = 4) -> bytes:
    """The same as TFLite; a flatbuffer written slot by slot."""
    out = flatbuffers.Builder(512)
    tensors = _vector(out, [_tensor(out, name, width) for name in ("x", "y")])
    inputs, outputs, operands = _ints(out, [0]), _ints(out, [1]), _ints(out, [0, 0])
    operator = _table(out, 5, {1: operands, 2: outputs})
    graph = _table(out, 5, {0: tensors, 1: inputs, 2: outputs, 3: _vector(out, [operator])})
    graphs, buffers = _vector(out, [graph]), _vector(out, [_table(out, 1, {})])
    out.StartObject(4)
    out.PrependInt32Slot(2, 1, 0)
    codes = _vector(out, [out.EndObject()])
    out.StartObject(5)
    out.PrependUint32Slot(0, 3, 0)
    for slot, offset in {1: codes, 2: graphs, 4: buffers}.items():
        out.PrependUOffsetTRelativeSlot(slot, offset, 0)
    out.Finish(out.EndObject(), file_identifier=b"TFL3")
    return bytes(out.Output())


@dataclass
class Doubling:
    """Text of four numbers in, their doubles out; computing waits while ``gate`` is closed."""

    media_types: tuple[str, ...] = ("text/plain",)
    gate: threading.Event = field(default_factory=threading.Event)
    batches: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """Four numbers; ``later`` fails for now, ``bug`` fails in its own way."""
        if body == b"later":
            raise TemporaryError("not now", after_s=0.5)
        if body == b"bug":
            raise IndexError("a bug of the model")
        try:
            return {"x": np.array([[float(word) for word in body.split()]], np.float32)}
        except ValueError as error:
            raise InputError(f"body: no numbers: {error}") from None

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """All together."""
        assert self.gate.wait(30)
        self.batches.append(len(batch))
        x = np.concatenate([tensors["x"] for tensors in batch])
        y = session.run({"x": x})["y"]
        return [{"y": y[place : place + 1]} for place in range(len(batch))]

    def finish(self, result: Tensors) -> Answer:
        """The numbers; an answer of 86 cannot be written as JSON."""
        doubled = result["y"][0].tolist()
        return {"doubled": {1j} if doubled[0] == 86 else doubled}


def model(folder: Path, name: str = "double", engine: str = "onnxruntime") -> Model:
    """A tiny model whose file lies in ``folder``."""
    content = {"onnxruntime": onnx, "litert": tflite_double}[engine]()
    file = folder / f"{name}.{engine}"
    file.write_bytes(content)
    return Model(
        name=name, version="1", engine=engine, file=file, precision="fp32",
        processing=Doubling(), description="doubles", licence="Apache-2.0", max_batch=8,
    )  # fmt: skip


class TinyCatalogue:
    """``double`` on both engines, ``double-lite`` on LiteRT only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str, engine: str | None = None) -> Model:
        """A tiny model."""
        engines = {"double": ("onnxruntime", "litert"), "double-lite": ("litert",)}.get(name, ())
        chosen = engine or next(iter(engines), None)
        if chosen not in engines:
            raise UnknownModelError(f"model: found {name!r}, allowed: double, double-lite")
        return model(self._folder, name, chosen)


def sample(name: str) -> tuple[bytes, str]:
    """An input of any of them."""
    return b"1 2 3 4", "text/plain"


def _table(out: flatbuffers.Builder, slots: int, offsets: dict[int, int]) -> int:
    out.StartObject(slots)
    for slot, offset in offsets.items():
        out.PrependUOffsetTRelativeSlot(slot, offset, 0)
    return int(out.EndObject())


def _vector(out: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    out.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        out.PrependUOffsetTRelative(offset)
    return int(out.EndVector())


def _ints(out: flatbuffers.Builder, values: Sequence[int]) -> int:
    return int(out.CreateNumpyVector(np.array(values, np.int32)))


def _tensor(out: flatbuffers.Builder, name: str, width: int) -> int:
    shape, signature = _ints(out, [1, width]), _ints(out, [-1, width])
    return _table(out, 8, {0: shape, 3: out.CreateString(name), 7: signature})
