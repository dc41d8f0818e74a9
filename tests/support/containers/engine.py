"""The Docker engine of this machine, if one answers."""

import gc
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
from docker.errors import DockerException

REQUIRED = os.environ.get("SYNERGAI_REQUIRE_CONTAINERS") == "1"
"""Whether a machine without an engine is a failure; else its tests are skipped."""


@contextmanager
def client() -> Iterator[Any]:
    """A client of the engine; closed after the ``with``."""
    opened = docker.from_env(timeout=120)
    try:
        yield opened
    finally:
        opened.close()


def why_absent() -> str:
    """Why no engine can be used; empty: one answers."""
    with warnings.catch_warnings():
        # docker leaves the socket of a failed connection to the garbage collector
        warnings.simplefilter("ignore", ResourceWarning)
        said = _ping()
        gc.collect()
    return said


def _ping() -> str:
    try:
        with client() as engine:
            engine.ping()
    except (DockerException, OSError) as error:
        return f"no Docker engine answers: {error}"
    return ""
