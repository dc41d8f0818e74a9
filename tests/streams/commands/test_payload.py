"""What ``submit`` sends."""

from pathlib import Path

import pytest

from streams.commands.payload import guessed, payload
from streams.errors import StreamsError


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("speech.wav", "audio/wav"),
        ("a/b.png", "image/png"),
        ("photo.JPG", "image/jpeg"),
        ("request.json", "application/json"),
        ("unknown.xyzzy", "application/octet-stream"),
        ("README", "application/octet-stream"),
    ],
)
def test_guessed(name: str, media_type: str) -> None:
    """The media type follows from the file's name."""
    assert guessed(name) == media_type


def test_file(tmp_path: Path) -> None:
    """A file's bytes; a media type that is given wins over the guess."""
    file = tmp_path / "speech.wav"
    file.write_bytes(b"RIFF")
    assert payload("m", str(file), None) == (b"RIFF", "audio/wav")
    assert payload("m", str(file), "audio/x-other") == (b"RIFF", "audio/x-other")


def test_unreadable(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is named with the reason."""
    with pytest.raises(StreamsError, match=r"--file .*none\.wav: cannot be read: No such file"):
        payload("m", str(tmp_path / "none.wav"), None)
    with pytest.raises(StreamsError, match="Is a directory"):
        payload("m", str(tmp_path), None)
