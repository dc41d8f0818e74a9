"""The broker's clock, learned from the append times of one's own records. Pure."""

from collections import deque
from statistics import median


class BrokerClock:
    """Offset of the broker's clock from this one, from the quickest of the recent samples."""

    def __init__(self, samples: int = 16) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=samples)
        self._offset_s = 0.0

    @property
    def offset_s(self) -> float:
        """Add it to this machine's POSIX time to get the broker's; 0 before the first sample."""
        return self._offset_s

    @property
    def known(self) -> bool:
        """Whether there was a sample."""
        return bool(self._samples)

    def learn(self, sent_s: float, acknowledged_s: float, append_s: float) -> None:
        """A record was sent and acknowledged at these times of ours, and appended at its own."""
        round_trip_s = max(0.0, acknowledged_s - sent_s)
        self._samples.append((round_trip_s, append_s - (sent_s + acknowledged_s) / 2))
        quickest = sorted(self._samples)[: max(1, len(self._samples) // 2)]
        self._offset_s = median(offset for _, offset in quickest)
