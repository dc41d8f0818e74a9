"""How busy the cores of this machine are. Linux."""

from pathlib import Path
from typing import Final

_STAT: Final = Path("/proc/stat")
_WAITING: Final = (3, 4)
"""Places of idle and of waiting for a disk, in the line of all cores."""


class Load:
    """The share of all cores that was busy between two looks, from 0 to 1."""

    def __init__(self, stat: Path = _STAT) -> None:
        self._stat = stat
        self._before = self._ticks()

    def busy(self) -> float:
        """Since the last look."""
        before, self._before = self._before, self._ticks()
        total, idle = (now - then for now, then in zip(self._before, before, strict=True))
        return 1 - idle / total if total else 0.0

    def _ticks(self) -> tuple[int, int]:
        fields = [int(word) for word in self._stat.read_text().split("\n", 1)[0].split()[1:9]]
        return sum(fields), sum(fields[place] for place in _WAITING)
