"""Faces in pictures."""

import io

import numpy as np
import pytest
from PIL import Image

from functions.catalogue.nets.face_detection import anchors, merged, overlap
from functions.catalogue.samples import sample
from functions.ports import Answer
from tests.support.catalogue import answered

FACE = (110, 48, 170, 112)
"""Left, top, right, bottom of the face in the sample, as a person marks them."""


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _sample() -> Image.Image:
    return Image.open(io.BytesIO(sample("face-detection")[0])).convert("RGB")


def _boxes(answer: Answer) -> list[tuple[float, float, float, float]]:
    return [
        (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        for box in (face["box"] for face in answer["faces"])
    ]


@pytest.mark.models
def test_one_face_is_found_where_it_is() -> None:
    """The box lies over the astronaut's face, eyes above nose above mouth within it."""
    (answer,) = answered("face-detection", [sample("face-detection")[0]], "image/jpeg")
    (box,) = _boxes(answer)
    assert np.abs(np.subtract(box, FACE)).max() < 12
    (face,) = answer["faces"]
    assert face["score"] > 0.7
    points = face["keypoints"]
    assert points["right_eye"][1] < points["nose"][1] < points["mouth"][1]
    assert points["right_eye"][0] < points["nose"][0] < points["left_eye"][0]
    assert (answer["width"], answer["height"]) == (320, 320)


@pytest.mark.models
def test_boxes_are_in_the_pictures_own_pixels() -> None:
    """A wide picture with the face on the right, and one of twice the size."""
    wide = Image.new("RGB", (480, 320), "white")
    wide.paste(_sample(), (160, 0))
    large = _sample().resize((640, 640))
    first, second = answered("face-detection", [_png(wide), _png(large)], "image/png")
    assert np.abs(np.subtract(_boxes(first)[0], FACE) - (160, 0, 160, 0)).max() < 16
    assert np.abs(np.subtract(_boxes(second)[0], np.multiply(FACE, 2))).max() < 24


@pytest.mark.models
def test_two_faces_are_two() -> None:
    """Side by side."""
    both = Image.new("RGB", (640, 320))
    both.paste(_sample(), (0, 0))
    both.paste(_sample(), (320, 0))
    (answer,) = answered("face-detection", [_png(both)], "image/png")
    lefts = sorted(box[0] for box in _boxes(answer))
    assert len(lefts) == 2
    assert abs(lefts[1] - lefts[0] - 320) < 16


@pytest.mark.models
def test_no_face_is_no_answer_of_one() -> None:
    """White and noise."""
    noise = np.random.default_rng(3).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    bodies = [_png(Image.new("RGB", (64, 64), "white")), _png(Image.fromarray(noise))]
    answers = answered("face-detection", bodies, "image/png")
    assert [answer["faces"] for answer in answers] == [[], []]


def test_there_are_896_anchors_in_two_grids() -> None:
    """16 x 16 cells with two each, 8 x 8 with six."""
    found = anchors()
    assert found.shape == (896, 2)
    assert found[0].tolist() == [1 / 32, 1 / 32]
    assert found[-1].tolist() == [15 / 16, 15 / 16]


def test_overlapping_boxes_become_one() -> None:
    """The surest gives the score, all of them the place; a box apart stays."""
    shapes = np.zeros((3, 8, 2))
    shapes[:, 1] = [[1.0, 1.0], [1.0, 1.2], [6.0, 6.0]]
    shapes[2, 0] = [5.0, 5.0]
    found = merged(shapes, np.array([0.6, 0.9, 0.7]))
    assert [score for _, score in found] == [0.9, 0.7]
    assert found[0][0][1].tolist() == pytest.approx([1.0, (0.6 * 1.0 + 0.9 * 1.2) / 1.5])
    assert overlap(shapes[0], shapes)[2] == 0.0
