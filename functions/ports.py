"""The seams of the inference server: tensors, sessions, runtimes, processing, models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy.typing as npt

Array = npt.NDArray[Any]
Tensors = Mapping[str, Array]
"""Named tensors of one request; the first axis is the batch axis, of size 1 for one request."""

Answer = Mapping[str, Any]
"""What a person reads, JSON values only: ``{"segments": [{"start_s": 0.4, "end_s": 1.9}]}``."""


class TensorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Name, Open Inference Protocol datatype (``FP32``, ``INT64``, …) and shape; -1 is any size."""

    name: str
    datatype: str
    shape: tuple[int, ...]


class Session(Protocol):
    """One loaded net. Not thread-safe: a caller uses it from one thread at a time."""

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]

    def run(self, tensors: Tensors) -> dict[str, Array]:
        """Compute all outputs.

        Raises:
            InputError: a tensor is missing, unknown, or of the wrong datatype or shape.
        """

    def close(self) -> None:
        """Give the memory back."""


class Runtime(Protocol):
    """An engine: ``onnxruntime`` or ``litert``."""

    name: str
    version: str

    def load(self, file: Path, threads: int) -> Session:
        """Open a model file with so many intra-op threads.

        Raises:
            PermanentError: the file is no model of this engine; the message says what it is.
        """


class Processing(Protocol):
    """What surrounds a net so that the input is a WAV or an image and the output an answer."""

    media_types: tuple[str, ...]
    """Raw media types that ``prepare`` accepts, e.g. ``("audio/wav",)``; empty: tensors only."""

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """From the bytes of one request to the tensors ``compute`` takes.

        Raises:
            InputError: the bytes are not of the media type, or unusable; the message says why.
        """

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """Run the net on the requests of one batch; one result each, in their order."""

    def finish(self, result: Tensors) -> Answer:
        """From one request's result to what a person reads."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model ready to be loaded: its file on this machine and what surrounds it."""

    name: str
    version: str
    engine: str
    file: Path
    precision: str
    processing: Processing
    description: str
    licence: str
    max_batch: int = 1


class Catalogue(Protocol):
    """Where models come from: the shipped catalogue and a user's own folders."""

    def find(self, name: str, engine: str | None = None) -> Model:
        """The model, fetched into the cache if need be; ``engine`` None: the model's preferred one.

        Raises:
            UnknownModelError: no such model; the message lists what there is.
            TemporaryError: it could not be fetched now.
        """
