"""A function as an image: this Python, the packages of the extra ``functions``, the models."""

import sys
import sysconfig
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from functions.catalogue import open_catalogue
from functions.catalogue.entries import ENTRIES
from tests.support.broker import cache
from tests.support.containers.image import Image
from tests.support.containers.installed import PROJECT, distributions, tops
from tests.support.containers.libraries import needed

PORT: Final = 8080
STARTED: Final = "listens on http://"
ROOMS: Final = ("functions", "profiles")
"""What a function carries of ours: no scheduler, no streams."""
_ROOT: Final = Path(__file__).resolve().parents[3]
_PACKAGES: Final = "/packages"
_NOT_RUN: Final = ("__pycache__", "test", "tests", "site-packages", "idlelib", "tkinter")
_SERVE: Final = "from functions.commands.function import serve; serve()"


def build(name: str, models: Sequence[str]) -> None:
    """Make the image; fetches the models if the cache lacks them."""
    image = Image()
    python = Path(sys.executable).resolve()
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    image.tree(python)
    image.tree(stdlib, leave=_NOT_RUN)
    folders = [stdlib / "lib-dynload", *_packages(image)]
    for library in needed(folders, [python]):
        image.tree(library)
    for room in ROOMS:
        image.tree(_ROOT / room, f"{_PACKAGES}/{room}", leave=["__pycache__"])
    _models(image, models)
    environment = {
        "PYTHONPATH": _PACKAGES, "PYTHONUNBUFFERED": "1", "SYNERGAI_CACHE": "/cache",
        "SYNERGAI_HOST": "0.0.0.0", "SYNERGAI_PORT": str(PORT), "OMP_NUM_THREADS": "1",
        "SYNERGAI_MODELS": ",".join(models),
    }  # fmt: skip
    image.build(name, [str(python), "-c", _SERVE], environment)


def _packages(image: Image) -> list[Path]:
    copied = []
    for found in [distribution(PROJECT), *distributions("functions").values()]:
        for path, name in tops(found):
            image.tree(path, f"{_PACKAGES}/{name}", leave=["__pycache__"])
            copied.append(path)
    return [path for path in copied if path.is_dir()]


def _models(image: Image, models: Sequence[str]) -> None:
    catalogue = open_catalogue(cache(), (), None)
    for model in models:
        catalogue.find(model)
        folder = catalogue.cache.folder(ENTRIES[model])
        image.tree(folder, f"/cache/models/{folder.name}")
