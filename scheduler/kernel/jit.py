"""Compiles functions over arrays; without numba the same source runs as Python."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module, resources
from typing import Any, ParamSpec, TypeVar, cast

from platformdirs import user_cache_path

P = ParamSpec("P")
R = TypeVar("R")

COMPILED = ("kernel", "bracket")
"""The folders of `scheduler` in which functions are compiled."""

numba: Any = None
with suppress(ModuleNotFoundError):
    numba = import_module("numba")


def _sources() -> str:
    """A short hash of all compiled sources, since numba does not see what a caller calls."""
    rooms = [resources.files("scheduler").joinpath(name) for name in COMPILED]
    files = [item for room in rooms for item in room.iterdir() if item.name.endswith(".py")]
    texts = sorted(item.read_bytes() for item in files)
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


if numba is not None and not numba.config.CACHE_DIR:
    numba.config.CACHE_DIR = str(user_cache_path("synergai") / "compiled" / _sources())


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function as machine code, compiled at its first call and kept on disk.

    No fast-math: sums keep their order, so both forms decide alike to the last bit. A compiled
    function lets other threads run.
    """
    return _made(function, counts=True)


def borrowing(function: Callable[P, R]) -> Callable[P, R]:
    """The same for what makes no arrays and returns none, only works on those of its caller.

    It counts no references to them, which else takes most of the time of a short function. Numba
    refuses one that makes arrays; that none is returned is for the author to see to.
    """
    return _made(function, counts=False)


def _made(function: Callable[P, R], *, counts: bool) -> Callable[P, R]:
    if numba is None:
        return function
    make = numba.njit(cache=True, nogil=True, _nrt=counts)
    return cast("Callable[P, R]", make(function))
