"""Which shared libraries of the system a set of binaries needs."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_PATH: Final = re.compile(r"(?:^\s+|=> )(/\S+) \(0x", re.MULTILINE)
_BESIDE_LIBC: Final = ("libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2", "libgcc_s.so.1")
"""Opened by name while a program runs, so that ldd does not list them."""


def needed(folders: Iterable[Path], files: Iterable[Path] = ()) -> set[Path]:
    """Libraries outside ``folders`` that their binaries, or ``files``, are linked with."""
    inside = [folder.resolve() for folder in folders]
    binaries = [*files, *(path for folder in inside for path in _binaries(folder))]
    listed = subprocess.run(
        ["ldd", *map(str, binaries)], capture_output=True, text=True, check=False
    )
    found = {Path(path) for path in _PATH.findall(listed.stdout)}
    found |= {path for lib in found if lib.name == "libc.so.6" for path in _beside(lib)}
    return {path for path in found if not any(path.resolve().is_relative_to(f) for f in inside)}


def _binaries(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and _is_binary(path):
            yield path


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _beside(libc: Path) -> Iterator[Path]:
    for folder in {libc.parent, Path("/usr") / libc.parent.relative_to("/")}:
        yield from (folder / name for name in _BESIDE_LIBC if (folder / name).exists())
