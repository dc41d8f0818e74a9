"""Pictures of every kind, good and bad."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from functions.catalogue import image
from functions.errors import InputError

RED = (200, 30, 40)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def red(mode: str = "RGB", size: tuple[int, int] = (20, 12)) -> Image.Image:
    """A red picture."""
    return Image.new("RGB", size, RED).convert(mode)


def colour(body: bytes, media_type: str = "image/png") -> tuple[int, ...]:
    """The middle pixel as it is read."""
    picture = image.read(body, media_type)
    assert picture.mode == "RGB"
    found = np.asarray(picture)[picture.height // 2, picture.width // 2]
    return tuple(int(value) for value in found)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (encoded(red()), "image/png"),
        (encoded(red("RGBA")), "image/png"),
        (encoded(red().quantize()), "image/png"),
        (encoded(red(), "JPEG", quality=95), "image/jpeg"),
        (encoded(red("CMYK"), "JPEG", quality=95), "image/jpeg"),
        (encoded(red(), "WEBP", lossless=True), "image/webp"),
        (encoded(red()), "IMAGE/PNG; charset=binary"),
    ],
    ids=["rgb", "rgba", "palette", "jpeg", "cmyk", "webp", "loud"],
)
def test_every_kind_of_picture_keeps_its_colour(body: bytes, media_type: str) -> None:
    """Red stays red, whatever the file holds."""
    assert np.abs(np.subtract(colour(body, media_type), RED)).max() <= 12


def test_transparent_pixels_are_white() -> None:
    """Not whatever colour lies under them."""
    clear = red("RGBA")
    clear.putalpha(0)
    assert colour(encoded(clear)) == (255, 255, 255)


def test_grey_pictures_of_8_and_16_bits_are_read() -> None:
    """Half of the full level is half of the full level."""
    assert colour(encoded(Image.new("L", (9, 9), 128))) == (128, 128, 128)
    deep = Image.fromarray(np.full((9, 9), 32896, np.uint16))
    assert colour(encoded(deep)) == (128, 128, 128)


def test_a_picture_is_turned_upright() -> None:
    """As its EXIF orientation says."""
    exif = Image.Exif()
    exif[0x0112] = 6
    body = encoded(red(), "JPEG", exif=exif.tobytes())
    assert image.read(body, "image/jpeg").size == (12, 20)


def test_a_picture_is_fitted_with_its_proportions() -> None:
    """The wide side fills the square; the rest is black; the way back is known."""
    square = image.fitted(red(size=(40, 20)), 10)
    assert square.pixels.shape == (10, 10, 3)
    assert (square.scale, square.left, square.top) == (4.0, 0, 2)
    assert square.pixels[0].max() == 0.0
    assert np.allclose(square.pixels[5, 5], np.array(RED) / 255)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "found no bytes"),
        (b"no picture", "found no picture, allowed: a PNG, JPEG or WebP"),
        (encoded(red(), "GIF"), "found no picture"),
        (encoded(red())[:60], "cannot be read"),
        (encoded(red(), "JPEG")[:-200], "cannot be read"),
        (encoded(red(size=(7, 100))), "found 7x100 pixels, allowed: at least 8"),
        (encoded(Image.new("1", (6000, 5000))), "found 6000x5000 pixels, allowed: 25,000,000"),
        (encoded(Image.new("1", (10_000, 10_000))), "too many pixels"),
        (encoded(Image.new("1", (16_000, 16_000))), "too many pixels"),
    ],
)
def test_what_cannot_be_used_says_why(body: bytes, says: str) -> None:
    """The message names what was found and what is allowed."""
    with pytest.raises(InputError, match=says):
        image.read(body, "image/png")


def test_another_media_type_is_refused() -> None:
    """Before the bytes are looked at."""
    with pytest.raises(InputError, match=r"found 'audio/wav', allowed: image/png"):
        image.read(encoded(red()), "audio/wav")


@given(st.binary(min_size=1, max_size=64), st.integers(0, 120))
def test_no_bytes_break_it(noise: bytes, place: int) -> None:
    """Whatever the file holds, the answer is a picture or an InputError."""
    whole = bytearray(encoded(red()))
    whole[place : place + len(noise)] = noise
    try:
        found = image.read(bytes(whole), "image/png")
    except InputError:
        return
    assert found.mode == "RGB"
