"""A small real input for each model; needs no network and no audio or image library."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from typing import Final

from functions.catalogue import tones
from functions.errors import UnknownModelError

_DATA: Final = files("functions.catalogue") / "data"


def sample(model: str) -> tuple[bytes, str]:
    """An input of the model and its media type.

    Raises:
        UnknownModelError: there is none for this model; lists those that have one.
    """
    if model not in SAMPLES:
        allowed = ", ".join(sorted(SAMPLES))
        raise UnknownModelError(f"sample: found model {model!r}, allowed: {allowed}")
    return SAMPLES[model]()


def _shipped(file: str, media_type: str) -> tuple[bytes, str]:
    return (_DATA / file).read_bytes(), media_type


SAMPLES: Final[Mapping[str, Callable[[], tuple[bytes, str]]]] = {
    "silero-vad": partial(_shipped, "speech.wav", "audio/wav"),
    "magika": partial(_shipped, "source.txt", "application/octet-stream"),
    "basic-pitch": lambda: (tones.wav(), "audio/wav"),
    "wake-word": partial(_shipped, "wake_word.wav", "audio/wav"),
    "face-detection": partial(_shipped, "face.jpg", "image/jpeg"),
}
"""Model to what makes its sample."""
