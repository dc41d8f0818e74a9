"""Where payloads go that are too large for a record: a folder that fsspec can write to."""

import uuid
from typing import Any

from functions.claims.places import checked
from functions.errors import PermanentError
from streams.errors import StreamsError


class Store:
    """Writes each payload under a name of its own; thread-safe."""

    def __init__(self, url: str) -> None:
        """``url`` names the folder, which is made where it is missing.

        Raises:
            StreamsError: no URL of a folder, or no library for it is installed.
        """
        try:
            (self._folder,) = checked([url])
        except PermanentError:
            allowed = "a folder as a URL, e.g. file:///srv/payloads or s3://bucket/payloads"
            raise StreamsError(f"claim_check: found {url!r:.80}, allowed: {allowed}") from None
        self._files, self._path = _opened(self._folder)

    def put(self, data: bytes) -> str:
        """Write a payload; its URL.

        Raises:
            StreamsError: it cannot be written; says why.
        """
        name = uuid.uuid4().hex
        try:
            self._files.makedirs(self._path, exist_ok=True)
            self._files.pipe_file(f"{self._path}/{name}", data)
        except Exception as error:  # noqa: BLE001 - each storage has its own
            where = f"claim_check {self._folder}"
            raise StreamsError(f"{where}: a payload cannot be written: {error!r:.300}") from None
        return f"{self._folder}{name}"


def _opened(folder: str) -> tuple[Any, str]:
    try:
        import fsspec  # noqa: PLC0415 - only who writes payloads needs it

        files, path = fsspec.url_to_fs(folder)
    except ImportError as error:
        raise StreamsError(f"claim_check {folder}: {error}; install what it needs") from None
    except ValueError as error:  # an unknown scheme
        raise StreamsError(f"claim_check {folder}: {error}") from None
    return files, str(path).rstrip("/")
