"""Pictures as RGB pixels, upright, and fitted into the square that a net takes."""

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from functions.catalogue import media
from functions.errors import InputError
from functions.ports import Array

_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_MOST_PIXELS: Final = 25_000_000
_SMALLEST: Final = 8
"""Pixels of width and of height."""
_BACKGROUND: Final = (255, 255, 255)
"""What is seen behind transparent pixels."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A picture in a square: RGB in 0 to 1, and how to get back to its own pixels."""

    pixels: Array
    scale: float
    """Own pixels per pixel of the square."""
    left: int
    top: int


def read(body: bytes, media_type: str) -> Image.Image:
    """The picture in RGB, turned as its EXIF says, on white where it is transparent.

    Raises:
        InputError: another media type, no picture, cut off, too small or too large.
    """
    media.check(media_type, media.PICTURES)
    if not body:
        raise InputError("body: found no bytes, allowed: a PNG, JPEG or WebP")
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as file:
            _check(file.size)
            file.load()
            return _rgb(ImageOps.exif_transpose(file))
    except UnidentifiedImageError:
        raise InputError("body: found no picture, allowed: a PNG, JPEG or WebP") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError(f"body: found too many pixels, allowed: {_MOST_PIXELS:,}") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"body: a picture that cannot be read: {error}") from None


def fitted(picture: Image.Image, size: int) -> Fitted:
    """Scale into a square of ``size`` with the proportions kept; what is left over is black."""
    width, height = picture.size
    scale = max(width, height) / size
    inner = max(1, round(width / scale)), max(1, round(height / scale))
    left, top = (size - inner[0]) // 2, (size - inner[1]) // 2
    pixels = np.zeros((size, size, 3), np.float32)
    small = picture.resize(inner, Image.Resampling.BILINEAR)
    pixels[top : top + inner[1], left : left + inner[0]] = np.asarray(small, np.float32) / 255.0
    return Fitted(pixels=pixels, scale=scale, left=left, top=top)


def _check(size: tuple[int, int]) -> None:
    width, height = size
    if min(size) < _SMALLEST:
        raise InputError(f"body: found {width}x{height} pixels, allowed: at least {_SMALLEST} each")
    if width * height > _MOST_PIXELS:
        raise InputError(f"body: found {width}x{height} pixels, allowed: {_MOST_PIXELS:,}")


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a pixel; Pillow would cut them off at 255
        values = np.asarray(picture, np.float32) / 257.0
        return Image.fromarray(values.clip(0, 255).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        above = picture.convert("RGBA")
        behind = Image.new("RGBA", above.size, (*_BACKGROUND, 255))
        return Image.alpha_composite(behind, above).convert("RGB")
    return picture.convert("RGB")
