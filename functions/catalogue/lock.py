"""A lock between processes, held as long as a file is open."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for the lock and hold it inside the ``with``; it ends with the process too."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
