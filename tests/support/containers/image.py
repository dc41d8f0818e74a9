"""An image as a list of files, imported into the engine in one go."""

import io
import json
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.support.containers.engine import client

_FOLDERS: Final = {"tmp": 0o1777, "proc": 0o755, "sys": 0o755, "dev": 0o755}
_PIECE_BYTES: Final = 1024 * 1024


class Image:
    """What a container will find; files are read when it is built."""

    def __init__(self) -> None:
        """A root with what every program expects."""
        self._trees: dict[str, tuple[Path, frozenset[str]]] = {}
        self._texts: dict[str, str] = {}
        self.text("/etc/passwd", "root:x:0:0:root:/:/none\n")
        self.text("/etc/nsswitch.conf", "hosts: files dns\n")

    def tree(self, source: Path, target: str = "", *, leave: Iterable[str] = ()) -> None:
        """A file or a folder, at ``target`` or at its own path; not what is named in ``leave``."""
        self._trees[_inside(target or str(source))] = (source, frozenset(leave))

    def text(self, target: str, content: str) -> None:
        """A file that is written for the image."""
        self._texts[_inside(target)] = content

    def build(self, name: str, entry: Sequence[str], environment: Mapping[str, str] = {}) -> None:
        """Hand it to the engine under ``name``, with its command and environment."""
        changes = [f"ENTRYPOINT {json.dumps(list(entry))}"]
        changes += [f"ENV {variable}={value}" for variable, value in environment.items()]
        with tempfile.TemporaryFile() as spool, client() as engine:
            with tarfile.open(fileobj=spool, mode="w", dereference=True) as tar:
                self._write(tar)
            spool.seek(0)
            pieces = iter(partial(spool.read, _PIECE_BYTES), b"")
            engine.api.import_image_from_stream(pieces, repository=name, changes=changes)
            engine.images.get(name)

    def _write(self, tar: tarfile.TarFile) -> None:
        for name, mode in _FOLDERS.items():
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, mode
            tar.addfile(folder)
        for name, content in self._texts.items():
            file = tarfile.TarInfo(name)
            file.size, file.mode = len(content.encode()), 0o644
            tar.addfile(file, io.BytesIO(content.encode()))
        for name, (source, leave) in self._trees.items():
            tar.add(source, name, filter=partial(_kept, leave))


@contextmanager
def kept(name: str, build: Callable[[str], Any]) -> Iterator[None]:
    """An image inside the ``with``; the engine forgets it after."""
    build(name)
    try:
        yield
    finally:
        with client() as engine:
            engine.images.remove(name, force=True)


def _inside(path: str) -> str:
    return path.lstrip("/")


def _kept(leave: frozenset[str], entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if leave & set(Path(entry.name).parts) else entry
