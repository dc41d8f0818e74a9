"""The lock between processes."""

import fcntl
from pathlib import Path

import pytest

from functions.catalogue.lock import exclusive


def test_nobody_else_gets_in_before_the_end(tmp_path: Path) -> None:
    """Held inside the ``with``, free after it, also when it ends in an error."""
    path = tmp_path / "lock"
    with path.open("a") as other:
        with exclusive(path), pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(KeyError), exclusive(path):
            raise KeyError
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
