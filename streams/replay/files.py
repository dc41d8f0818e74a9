"""Recordings as files: JSON lines, gzipped where the name ends in ``.gz``."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final, cast

from streams.errors import StreamsError
from streams.replay import lines
from streams.replay.schema import Entry, Header

_NAMES: Final = (".jsonl", ".jsonl.gz")
_LEVEL: Final = 5


class Recording:
    """A recording that can be read again and again, one line at a time."""

    def __init__(self, path: Path) -> None:
        """Read the first line.

        Raises:
            StreamsError: the file cannot be read or is no recording.
        """
        self.path = path
        with _reading(path) as file:
            self.header: Header = lines.header(file.readline(), f"{path}: line 1")

    def __iter__(self) -> Iterator[Entry]:
        """The requests in order.

        Raises:
            StreamsError: names the line, the field, what was found and what is allowed.
        """
        after_s = 0.0
        with _reading(self.path) as file:
            file.readline()
            for number in count(2):
                text = file.readline()
                if not text:
                    return
                if text.strip():
                    found = lines.entry(text, f"{self.path}: line {number}", after_s)
                    after_s = found.at_s
                    yield found


class Writer:
    """Writes beside ``path``; the file is there, whole, once it is kept."""

    def __init__(self, path: Path, header: Header) -> None:
        """Begin with the first line.

        Raises:
            StreamsError: the name is not allowed, or the file cannot be written.
        """
        self._path = named(path)
        self._part = path.with_name(path.name + ".part")
        self.count = 0
        try:
            self._file = _opened(self._part, path.name, "wb")
        except OSError as error:
            raise StreamsError(f"{path}: cannot be written: {error.strerror}") from None
        self._file.write(lines.encode(header))

    def write(self, entry: Entry) -> None:
        """One more line."""
        self._file.write(lines.encode(entry))
        self.count += 1

    def keep(self) -> None:
        """Close the file and give it its name."""
        self._file.close()
        self._part.replace(self._path)

    def drop(self) -> None:
        """Leave nothing."""
        self._file.close()
        self._part.unlink(missing_ok=True)


def named(path: Path) -> Path:
    """``path`` if its name tells how it is written.

    Raises:
        StreamsError: says what is allowed.
    """
    if not path.name.endswith(_NAMES):
        raise StreamsError(f"{path}: found this name, allowed: one ending in .jsonl, .jsonl.gz")
    return path


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        with _opened(path, path.name, "rb") as file:
            yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise StreamsError(f"{path}: no whole gzip file: {error}") from None
    except OSError as error:
        raise StreamsError(f"{path}: cannot be read: {error.strerror}") from None


def _opened(path: Path, name: str, mode: str) -> BinaryIO:
    if name.endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, mode, compresslevel=_LEVEL))
    return cast("BinaryIO", path.open(mode))
