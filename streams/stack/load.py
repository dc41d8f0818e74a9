"""How busy the cores of this machine are, and with whom. Linux."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
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


def spent_s(pids: Iterable[int], proc: Path = _PROC) -> float:
    """Processor time that the processes have used so far; those that are gone count for nothing."""
    return sum(_ticks(proc / str(pid) / "stat") for pid in pids) / os.sysconf("SC_CLK_TCK")


def _ticks(file: Path) -> int:
    """The fields utime and stime; the name before them may hold blanks and brackets."""
    try:
        fields = file.read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
