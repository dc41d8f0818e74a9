"""What ``submit`` sends: a file, standard input, or the model's own sample."""

import mimetypes
import sys
from pathlib import Path
from typing import Final

from streams.errors import StreamsError

_ANY: Final = "application/octet-stream"
_USUAL: Final = {"audio/x-wav": "audio/wav", "audio/vnd.wave": "audio/wav"}


def payload(model: str, file: str | None, media_type: str | None) -> tuple[bytes, str]:
    """Bytes and media type; the latter is guessed from the file's name where none is given.

    Raises:
        StreamsError: the file cannot be read, or the model has no sample.
    """
    if file is None:
        data, sampled = _sample(model)
        return data, media_type or sampled
    if file == "-":
        return sys.stdin.buffer.read(), media_type or _ANY
    try:
        return Path(file).read_bytes(), media_type or guessed(file)
    except OSError as error:
        raise StreamsError(f"--file {file}: cannot be read: {error.strerror}") from None


def guessed(name: str) -> str:
    """The media type of a file's name."""
    found = mimetypes.guess_type(name)[0] or _ANY
    return _USUAL.get(found, found)


def _sample(model: str) -> tuple[bytes, str]:
    from functions.catalogue.samples import sample

    return sample(model)
