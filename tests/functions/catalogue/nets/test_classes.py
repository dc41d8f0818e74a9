"""A user's own net that tells what is in a picture."""

import io
from pathlib import Path

import pytest
from PIL import Image

from functions import runtimes
from functions.catalogue import own
from functions.errors import InputError
from functions.ports import Answer
from tests.support.own_models import PICTURES, folder


def _png(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(out, "PNG")
    return out.getvalue()


def _answers(place: Path, *bodies: bytes) -> list[Answer]:
    model = own.load([place], ())["reddish"].model()
    session = runtimes.get(model.engine).load(model.file, 1)
    processing = model.processing
    batch = [processing.prepare(body, "image/png") for body in bodies]
    return [processing.finish(result) for result in processing.compute(session, batch)]


def test_the_likeliest_classes_are_named_in_one_batch(tmp_path: Path) -> None:
    """Red, then blue; blue, then green."""
    answers = _answers(folder(tmp_path, PICTURES), _png((255, 0, 102)), _png((0, 51, 255)))
    assert [answer["classes"] for answer in answers] == [
        [{"label": "red", "score": 1.0}, {"label": "blue", "score": 0.4}],
        [{"label": "blue", "score": 1.0}, {"label": "green", "score": 0.2}],
    ]


def test_pixels_are_normalised_and_classes_without_labels_are_numbers(tmp_path: Path) -> None:
    """(1.0 - 0.5) / 0.25 is 2."""
    step = {"size": 16, "mean": [0.5, 0, 0], "deviation": [0.25, 1, 1], "top": 1}
    (answer,) = _answers(folder(tmp_path, PICTURES, image=step), _png((255, 0, 0)))
    assert answer["classes"] == [{"label": "0", "score": 2.0}]


def test_a_layout_that_the_net_does_not_take_is_an_input_error(tmp_path: Path) -> None:
    """The message is the net's: found and allowed shape."""
    step = {"size": 16, "layout": "nhwc"}
    with pytest.raises(InputError, match=r"found shape \[1, 16, 16, 3\], allowed: \[any, 3"):
        _answers(folder(tmp_path, PICTURES, image=step), _png((0, 0, 0)))


def test_only_the_models_own_media_types_are_taken(tmp_path: Path) -> None:
    """A JPEG is refused by a model of PNGs."""
    place = folder(tmp_path, PICTURES, media_types=["image/png"])
    model = own.load([place], ())["reddish"].model()
    with pytest.raises(InputError, match=r"found 'image/jpeg', allowed: image/png"):
        model.processing.prepare(b"", "image/jpeg")
