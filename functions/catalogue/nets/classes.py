"""A user's own net that tells what is in a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from functions.catalogue import image, media
from functions.catalogue.picture import ImageStep
from functions.errors import InputError, PermanentError
from functions.ports import Answer, Array, Session, Tensors
from functions.runtimes.tensors import stacked

_PICTURE: Final = "picture"
_SCORES: Final = "scores"


class Classes:
    """A picture in; the likeliest classes with the net's own scores out."""

    def __init__(self, step: ImageStep, media_types: tuple[str, ...], folder: Path) -> None:
        """Read the labels.

        Raises:
            PermanentError: they cannot be read.
        """
        self.media_types = media_types
        self._step = step
        self._labels = _labels(folder / step.labels) if step.labels else ()

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """The picture as the net takes it.

        Raises:
            InputError: no usable picture, or none of the model's media types.
        """
        media.check(media_type, self.media_types)
        square = image.fitted(image.read(body, media_type), self._step.size)
        mean, deviation = (
            np.array(values, np.float32) for values in (self._step.mean, self._step.deviation)
        )
        pixels = (square.pixels - mean) / deviation
        if self._step.layout == "nchw":
            pixels = pixels.transpose(2, 0, 1)
        return {_PICTURE: np.ascontiguousarray(pixels[np.newaxis])}

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """All pictures in one call; the first output is taken as a row of scores per picture.

        Raises:
            InputError: the net takes something else than a picture.
        """
        pictures = stacked([tensors[_PICTURE] for tensors in batch])
        if len(session.inputs) != 1:
            names = ", ".join(spec.name for spec in session.inputs)
            raise InputError(f"model: found inputs {names}, allowed with processing: image: one")
        out = session.run({session.inputs[0].name: pictures})
        scores = out[session.outputs[0].name].reshape(len(batch), -1)
        return [{_SCORES: row} for row in scores]

    def finish(self, result: Tensors) -> Answer:
        """The likeliest first."""
        scores = result[_SCORES]
        best = np.argsort(-scores, kind="stable")[: self._step.top]
        return {"classes": [self._class(int(place), scores) for place in best]}

    def _class(self, place: int, scores: Array) -> dict[str, object]:
        label = self._labels[place] if place < len(self._labels) else str(place)
        return {"label": label, "score": round(float(scores[place]), 4)}


def _labels(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text().splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise PermanentError(f"{path}: labels that cannot be read: {error}") from None
