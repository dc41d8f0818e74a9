"""The model catalogue: nets out of published wheels, and a user's own."""

from collections.abc import Sequence
from pathlib import Path

from functions.catalogue.cache import Cache, Progress, silent
from functions.catalogue.models import Models

__all__ = ["open_catalogue"]


def open_catalogue(
    cache: Path, model_folders: Sequence[Path], wheels: Path | None, progress: Progress = silent
) -> Models:
    """The shipped models, kept in ``cache``, and those of the folders; nothing is fetched yet.

    Raises:
        PermanentError: a folder that holds no usable model; names file, field, found, allowed.
    """
    return Models(Cache(cache, wheels, progress), model_folders)
