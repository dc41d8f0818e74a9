"""From where the topics are read, and what can therefore not be judged."""

from collections.abc import Mapping

import msgspec


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What one audit sees. Times are POSIX seconds on the broker's clock."""

    now_s: float
    starts: Mapping[tuple[str, int], int] = {}
    """First offset that is read of each partition of requests; 0: nothing was left out."""
    since_s: float = float("-inf")
    """Nothing before it was read."""
    settled: Mapping[tuple[str, int], int] = {}
    """Outcomes from these offsets on came while ends were taken: what they name may be missing."""
    acknowledged: Mapping[tuple[str, int], int] = {}
    """The offset up to which the app is done with a partition of requests, read before all else."""
    settle_s: float = 10.0
    """After its expiry a request may take so long to get its outcome."""
    horizon_s: float = 900.0
    """How long a repeat is recognised, and how long after a request its effects may come."""
    replies: frozenset[str] = frozenset()
    """Topics of results that are read."""
    letters_from_s: float = float("-inf")
    """Dead letters before it may have been purged."""

    def is_before(self, topic: str, partition: int, offset: int) -> bool:
        """Whether this request was left out."""
        return offset < self.starts.get((topic, partition), 0)

    def is_fresh(self, topic: str, partition: int, offset: int) -> bool:
        """Whether this outcome is so new that what it names need not have been read."""
        settled = self.settled.get((topic, partition))
        return settled is not None and offset >= settled

    def judges(self, append_s: float) -> bool:
        """Whether the request of something appended then must have been read."""
        cut = self.since_s > float("-inf") or any(self.starts.values())
        return not cut or append_s > self.since_s + self.horizon_s

    def is_acknowledged(self, topic: str, partition: int, offset: int) -> bool:
        """Whether the app said that it is done with this request."""
        return offset < self.acknowledged.get((topic, partition), 0)
