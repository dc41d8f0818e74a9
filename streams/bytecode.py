"""Keeps compiled modules where nobody else does: without them a start takes twice the time."""

import sys
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

_LARGEST: Final = "numba"


def keep(folder: Path | None = None) -> None:
    """Keep bytecode in a cache of ours, if Python may write none and the libraries bring none.

    That is so in many containers, where a restart after a crash would compile hundreds of modules
    anew. Nothing is written beside the sources. To be called before they are imported.
    """
    if not sys.dont_write_bytecode or sys.pycache_prefix is not None:
        return
    found = find_spec(_LARGEST)
    if found is None or found.origin is None or Path(cache_from_source(found.origin)).exists():
        return
    sys.pycache_prefix = str(folder or user_cache_path("synergai") / "bytecode")
    sys.dont_write_bytecode = False
