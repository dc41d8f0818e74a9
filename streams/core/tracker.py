"""In-order acknowledgement: only the prefix of what was consumed is ever acknowledged."""

from enum import Enum
from heapq import heappop, heappush


class Seen(Enum):
    """What is known of an offset that was just delivered."""

    NEW = "new"
    HELD = "held"
    """Delivered before and not done with."""
    DONE = "done"
    """Delivered before and done with."""


class Tracker:
    """The offsets of one partition of one topic.

    Gaps in the offsets (transaction markers, compaction) do not matter: only offsets that were
    delivered count. Each operation costs O(log of what is held).
    """

    def __init__(self, topic: str, partition: int) -> None:
        self.topic = topic
        self.partition = partition
        self.acknowledged: int | None = None
        """The offset up to which everything delivered is done with."""
        self._first: int | None = None
        self._order: list[int] = []
        self._held: set[int] = set()
        self._done: set[int] = set()

    def __len__(self) -> int:
        """How many offsets are held."""
        return len(self._held)

    def begin(self, offset: int) -> Seen:
        """Take note of a delivered offset."""
        if offset in self._held:
            return Seen.HELD
        if offset in self._done or self._is_behind(offset):
            return Seen.DONE
        self._first = offset if self._first is None else self._first
        self._held.add(offset)
        heappush(self._order, offset)
        return Seen.NEW

    def done(self, offset: int) -> bool:
        """The offset is done with; True if the acknowledged prefix grew."""
        if offset not in self._held:
            return False
        self._held.discard(offset)
        self._done.add(offset)
        order, grew = self._order, False
        while order and order[0] in self._done:
            first = heappop(order)
            self._done.discard(first)
            if self.acknowledged is None or first > self.acknowledged:
                self.acknowledged, grew = first, True
        return grew

    def _is_behind(self, offset: int) -> bool:
        if self._first is None or self.acknowledged is None:
            return False
        return self._first <= offset <= self.acknowledged
