"""Memory of processes, each shared page counted once among those that share it. Linux."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_KIB: Final = 1024
_PROC: Final = Path("/proc")


def held_bytes(pids: Mapping[str, int], proc: Path = _PROC) -> dict[str, int]:
    """What each process (by name) holds in RAM; one that is gone holds nothing."""
    return {name: _bytes(proc / str(pid) / "smaps_rollup") for name, pid in pids.items()}


def _bytes(file: Path) -> int:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * _KIB for line in lines if line.startswith("Pss:"))
