"""Wheels from a folder or from the package index that this machine's pip or uv is set to."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from functions.catalogue.wheel import Member, Wheel, extract, verified
from functions.errors import PermanentError, TemporaryError

_WITHIN_S: Final = 600.0
_SAID: Final = 3
"""Lines of the installer that a person gets to see."""


def take(wheel: Wheel, members: tuple[Member, ...], wheels: Path | None, into: Path) -> None:
    """Put the members into the folder ``into``, from the folder of wheels or the index.

    Raises:
        TemporaryError: it could not be fetched now; says what helps.
        PermanentError: the wheel found is not the one that was meant.
    """
    local = wheels / wheel.file if wheels else None
    if local and local.is_file():
        _check(local, wheel)
        extract(local, members, into)
    elif importlib.util.find_spec("pip"):
        _by_pip(wheel, members, wheels, into)
    else:
        _by_uv(wheel, members, wheels, into)


def _by_pip(wheel: Wheel, members: tuple[Member, ...], wheels: Path | None, into: Path) -> None:
    """Download the one wheel; nothing of it is run or installed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--only-binary=:all:", "--dest", str(into)]
    if wheel.platform != "any":
        command += ["--platform", wheel.platform]
    _run(command, wheel, wheels, into)
    file = into / wheel.file
    _check(file, wheel)
    extract(file, members, into)
    file.unlink()


def _by_uv(wheel: Wheel, members: tuple[Member, ...], wheels: Path | None, into: Path) -> None:
    """Unpack the one wheel into a folder of its own where there is no pip; nothing is run."""
    beside = shutil.which("uv", path=str(Path(sys.executable).parent))
    uv = beside or shutil.which("uv")
    if uv is None:
        raise _failed(wheel, wheels, "neither pip nor uv is installed beside this Python")
    unpacked = into / "unpacked"
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--no-deps"]
    command += ["--only-binary", ":all:", "--target", str(unpacked)]
    if wheel.platform != "any":
        command += ["--python-platform", f"x86_64-{wheel.platform.removesuffix('_x86_64')}"]
    _run(command, wheel, wheels, into)
    for member in members:
        if not verified(unpacked / member.path, member.sha256):
            raise PermanentError(f"{wheel.file}: {member.path}: missing or another than was meant")
        shutil.move(unpacked / member.path, into / member.name)
    shutil.rmtree(unpacked)


def _run(command: Sequence[str], wheel: Wheel, wheels: Path | None, into: Path) -> None:
    """Run the installer on one requirement with its hash; it uses the user's own index settings."""
    wanted = into / "wanted.txt"
    wanted.write_text(wheel.requirement + "\n")
    try:
        done = subprocess.run(
            [*command, "--require-hashes", "-r", str(wanted)],
            capture_output=True, text=True, check=False, timeout=_WITHIN_S,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _failed(wheel, wheels, f"no answer within {_WITHIN_S:.0f} s") from None
    finally:
        wanted.unlink()
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()][-_SAID:]
        raise _failed(wheel, wheels, " / ".join(said) or "the installer said nothing")


def _check(file: Path, wheel: Wheel) -> None:
    if not verified(file, wheel.sha256):
        raise PermanentError(
            f"{file}: another wheel than was meant: allowed SHA-256 {wheel.sha256}"
        )


def _failed(wheel: Wheel, wheels: Path | None, why: str) -> TemporaryError:
    folder = f"; not in {wheels} either" if wheels else ""
    return TemporaryError(
        f"the wheel {wheel.file} cannot be fetched: {why}{folder}. What helps: set pip's index "
        "(PIP_INDEX_URL or pip config), or put the wheel into a folder and name that in "
        "SYNERGAI_WHEELS"
    )
