"""A small real input for each model; needs no network and no audio or image library."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Final

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


def _source_text() -> tuple[bytes, str]:
    return (_DATA / "source.txt").read_bytes(), "application/octet-stream"


SAMPLES: Final[Mapping[str, Callable[[], tuple[bytes, str]]]] = {"magika": _source_text}
"""Model to what makes its sample."""
