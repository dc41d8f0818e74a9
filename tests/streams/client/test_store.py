"""Payloads that do not fit into a record."""

from pathlib import Path

import pytest

from streams.client.store import Store
from streams.errors import StreamsError

fsspec = pytest.importorskip("fsspec")


def test_payloads_are_written_each_under_its_own_name(tmp_path: Path) -> None:
    """Into a folder that is made where it is missing; the URL leads there."""
    store = Store(f"file://{tmp_path}/deep/payloads")
    first, second = store.put(b"one"), store.put(b"two")
    assert first != second
    assert first.startswith(f"file://{tmp_path}/deep/payloads/")
    assert Path(first.removeprefix("file://")).read_bytes() == b"one"


def test_any_storage_of_fsspec_will_do() -> None:
    """Here memory."""
    url = Store("memory://payloads").put(b"one")
    with fsspec.open(url, "rb") as file:
        assert file.read() == b"one"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/srv/payloads", "claim_check: found '/srv/payloads', allowed: a folder as a URL"),
        ("nonsense://x", "claim_check nonsense://x/: Protocol not known"),
        ("s3://bucket/in", "claim_check s3://bucket/in/: Install s3fs"),
    ],
)
def test_what_is_no_folder_is_said_at_once(url: str, said: str) -> None:
    """Not only with the first large payload."""
    with pytest.raises(StreamsError, match=said):
        Store(url)


def test_a_folder_that_takes_nothing_is_said(tmp_path: Path) -> None:
    """With the storage's own words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StreamsError, match=r"a payload cannot be written: .*Error"):
        Store(f"file://{tmp_path}/file").put(b"x")
