"""BlazeFace: faces in a picture, with six points each.

The net takes 256 x 256 pixels in -1 to 1 and tells, for 896 anchors, the logit of a face and 16
numbers relative to the anchor's middle: middle, size, and six points.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from functions.catalogue import image, media
from functions.ports import Answer, Array, Session, Tensors

_SIZE: Final = 256
_GRIDS: Final = ((16, 2), (8, 6))
"""Cells along a side, anchors in each cell."""
_SURE: Final = 0.5
_SAME: Final = 0.3
"""Overlap (intersection over union) from which on two boxes are one face."""
_LARGEST_LOGIT: Final = 80.0
_POINTS: Final = ("right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear")


class FaceDetection:
    """A PNG, JPEG or WebP in; boxes in its pixels with score and points out."""

    media_types: tuple[str, ...] = media.PICTURES

    def __init__(self, _folder: Path) -> None:
        """Lay out the anchors."""
        self._anchors = anchors()

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """The picture fitted into the net's square.

        Raises:
            InputError: no usable picture.
        """
        picture = image.read(body, media_type)
        square = image.fitted(picture, _SIZE)
        return {
            "pixels": (square.pixels * 2.0 - 1.0)[np.newaxis],
            "fit": np.array([[square.scale, square.left, square.top, *picture.size]]),
        }

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """One picture after the other; the net has no batch axis."""
        return [self._run(session, tensors) for tensors in batch]

    def finish(self, result: Tensors) -> Answer:
        """Faces, the surest first, and the size of the picture they refer to."""
        scale, left, top, width, height = (float(value) for value in result["fit"][0])
        faces = []
        for shape, score in merged(result["shapes"], result["scores"]):
            points = (shape * _SIZE - (left, top)) * scale
            faces.append(_face(points, score))
        return {"faces": faces, "width": int(width), "height": int(height)}

    def _run(self, session: Session, tensors: Tensors) -> Tensors:
        out = session.run({session.inputs[0].name: tensors["pixels"]})
        logits = out["classificators"][0, :, 0].clip(-_LARGEST_LOGIT, _LARGEST_LOGIT)
        scores = 1.0 / (1.0 + np.exp(-logits))
        sure = scores >= _SURE
        raw = out["regressors"][0][sure].reshape(-1, 8, 2) / _SIZE
        return {
            "shapes": corners(raw, self._anchors[sure]),
            "scores": scores[sure],
            "fit": tensors["fit"],
        }


def anchors() -> Array:
    """The middles of all anchors, in 0 to 1 of the square: [896, 2]."""
    grids = []
    for cells, each in _GRIDS:
        middles = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(middles, middles)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), each, axis=0))
    return np.concatenate(grids)


def corners(raw: Array, middles: Array) -> Array:
    """Per face two corners and six points in 0 to 1 of the square: [faces, 8, 2]."""
    middle, half = raw[:, 0] + middles, raw[:, 1] / 2.0
    points = raw[:, 2:] + middles[:, np.newaxis]
    return np.concatenate(
        [(middle - half)[:, np.newaxis], (middle + half)[:, np.newaxis], points], 1
    )


def merged(shapes: Array, scores: Array) -> list[tuple[Array, float]]:
    """One shape per face: the mean of those that overlap the surest, weighted by their scores."""
    order = np.argsort(-scores, kind="stable")
    found = []
    while len(order):
        best = order[0]
        same = overlap(shapes[best], shapes[order]) >= _SAME
        same[0] = True
        group = order[same]
        mean = np.average(shapes[group], axis=0, weights=scores[group])
        found.append((mean, float(scores[best])))
        order = order[~same]
    return found


def overlap(one: Array, others: Array) -> Array:
    """Intersection over union of a box with each of the others."""
    low = np.maximum(one[0], others[:, 0])
    high = np.minimum(one[1], others[:, 1])
    shared = (high - low).clip(0.0).prod(axis=1)
    own = (one[1] - one[0]).clip(0.0).prod()
    areas = (others[:, 1] - others[:, 0]).clip(0.0).prod(axis=1)
    together: Array = shared / np.maximum(own + areas - shared, 1e-9)
    return together


def _face(points: Array, score: float) -> dict[str, object]:
    x, y = (round(float(value), 1) for value in points[0])
    width, height = (round(float(value), 1) for value in points[1] - points[0])
    named = zip(_POINTS, points[2:].tolist(), strict=True)
    return {
        "box": {"x": x, "y": y, "width": width, "height": height},
        "score": round(score, 4),
        "keypoints": {name: [round(a, 1), round(b, 1)] for name, (a, b) in named},
    }
