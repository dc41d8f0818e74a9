"""Recordings as files."""

from pathlib import Path

import pytest

from streams.errors import StreamsError
from streams.replay.files import Recording, Writer
from tests.support.recordings import HEADER, entry, written


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_file_is_read_again_and_again(tmp_path: Path, name: str) -> None:
    """Header and requests come back, gzipped or not, and nothing else is left in the folder."""
    given = [entry(number, number / 10) for number in range(5)]
    recording = Recording(written(tmp_path / name, given))
    assert recording.header == HEADER
    assert list(recording) == list(recording) == given
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_nothing_is_left_of_what_was_dropped(tmp_path: Path) -> None:
    """A file that was there before stays until a whole one takes its place."""
    path = written(tmp_path / "a.jsonl", [entry(1, 0.0)])
    writer = Writer(path, HEADER)
    writer.drop()
    assert len(list(Recording(path))) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_the_line_is_named(tmp_path: Path) -> None:
    """Of a file that was cut the line is told, of a cut gzip file that it is not whole."""
    path = written(tmp_path / "a.jsonl", [entry(n, 0.0) for n in range(3)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StreamsError, match=r"a\.jsonl: line 4: no JSON"):
        list(Recording(path))
    packed = written(tmp_path / "a.jsonl.gz", [entry(n, 0.0) for n in range(3)])
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(StreamsError, match="no whole gzip file"):
        list(Recording(packed))


def test_what_is_no_file_of_ours(tmp_path: Path) -> None:
    """A missing file, one that is not gzipped, and a name that tells no form."""
    with pytest.raises(StreamsError, match="cannot be read: No such file"):
        Recording(tmp_path / "none.jsonl")
    (tmp_path / "plain.jsonl.gz").write_text("{}")
    with pytest.raises(StreamsError, match="no whole gzip file"):
        Recording(tmp_path / "plain.jsonl.gz")
    with pytest.raises(StreamsError, match=r"allowed: one ending in \.jsonl"):
        Writer(tmp_path / "a.parquet", HEADER)
    with pytest.raises(StreamsError, match="cannot be written"):
        Writer(tmp_path / "nowhere" / "a.jsonl", HEADER)
