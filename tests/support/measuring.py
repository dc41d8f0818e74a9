"""A model, its engine and its surroundings for tests: no net, and a clock turned by hand."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from functions.errors import UnknownModelError
from functions.measuring import Sensors
from functions.ports import Answer, Array, Model, Session, Tensors, TensorSpec


class Machine:
    """Time and memory that go up when the fakes say so."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.resident = 1000

    @property
    def sensors(self) -> Sensors:
        """What measuring reads."""
        return Sensors(clock=lambda: self.now_s, resident_bytes=lambda: self.resident)


class Doubling:
    """A session that doubles ``x`` and takes 10 ms per row."""

    inputs: tuple[TensorSpec, ...] = (TensorSpec(name="x", datatype="FP32", shape=(-1, 1)),)
    outputs: tuple[TensorSpec, ...] = (TensorSpec(name="y", datatype="FP32", shape=(-1, 1)),)

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.closed = False

    def run(self, tensors: Tensors) -> dict[str, Array]:
        """Twice ``x``, later."""
        self._machine.now_s += 0.01 * len(tensors["x"])
        return {"y": tensors["x"] * 2}

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class FakeRuntime:
    """Loads in half a second and takes 500 bytes."""

    name = "onnxruntime"
    version = "9.9"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.loaded: list[Doubling] = []

    def load(self, file: Path, threads: int) -> Session:
        """A session of the machine's."""
        self._machine.now_s += 0.5
        self._machine.resident += 500
        self.loaded.append(Doubling(self._machine))
        return self.loaded[-1]


class FakeProcessing:
    """One number as text; 1 ms to prepare, nothing to finish."""

    media_types: tuple[str, ...] = ("text/plain",)

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.finished = 0

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """The number."""
        self._machine.now_s += 0.001
        return {"x": np.array([[float(body)]], dtype=np.float32)}

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """All numbers in one call."""
        together = np.concatenate([tensors["x"] for tensors in batch])
        doubled = session.run({"x": together})["y"]
        return [{"y": row} for row in doubled]

    def finish(self, result: Tensors) -> Answer:
        """The number again."""
        self.finished += 1
        return {"y": float(result["y"][0])}


class FakeCatalogue:
    """The models it was given, on the one engine that each has."""

    def __init__(self, *models: Model) -> None:
        self._models = {model.name: model for model in models}

    def find(self, name: str, engine: str | None = None) -> Model:
        """The model by name."""
        if name not in self._models or engine not in {None, self._models[name].engine}:
            raise UnknownModelError(f"model: found {name} on {engine}, known: {list(self._models)}")
        return self._models[name]


def model(machine: Machine, name: str = "double", max_batch: int = 4) -> Model:
    """A model of the fakes."""
    return Model(
        name=name,
        version="1",
        engine="onnxruntime",
        file=Path("double.onnx"),
        precision="fp32",
        processing=FakeProcessing(machine),
        description="doubles",
        licence="Apache-2.0",
        max_batch=max_batch,
    )
