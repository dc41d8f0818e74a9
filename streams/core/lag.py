"""How far this worker is behind in what it reads."""

_STALE_S = 1.0
"""When nothing was read for so long, there is nothing left to be read."""
_MOST_S = 10.0
"""A request that is read again after a restart may be old for other reasons."""


class Lag:
    """The age that the latest record had when it was read.

    What is not answered because its answer was not read yet is not placed again: under a burst
    that would be the work of the burst once more.
    """

    def __init__(self) -> None:
        self._lag_s = 0.0
        self._read_s = float("-inf")

    def read(self, append_s: float, now_s: float) -> None:
        """A record that was appended at ``append_s`` is read now."""
        self._lag_s = min(_MOST_S, max(0.0, now_s - append_s))
        self._read_s = now_s

    def at(self, now_s: float) -> float:
        """Seconds behind."""
        return self._lag_s if now_s - self._read_s < _STALE_S else 0.0
