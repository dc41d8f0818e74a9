"""How many requests wait and how many bytes they are, by tenant."""

from collections import Counter
from typing import NamedTuple

from streams.core.life import Life


class _Counted(NamedTuple):
    tenant: str
    size: int


class Tally:
    """Counts each life once, however often it is told of it."""

    def __init__(self) -> None:
        self._counted: dict[str, _Counted] = {}
        self.requests: Counter[str] = Counter()
        """By tenant."""
        self.sizes: Counter[str] = Counter()
        """Bytes by tenant."""
        self.bytes = 0

    def __len__(self) -> int:
        """How many requests wait."""
        return len(self._counted)

    def add(self, life: Life) -> None:
        """It waits."""
        if life.identity in self._counted:
            return
        counted = _Counted(life.envelope.tenant, life.size_bytes)
        self._counted[life.identity] = counted
        self.requests[counted.tenant] += 1
        self.sizes[counted.tenant] += counted.size
        self.bytes += counted.size

    def remove(self, life: Life) -> None:
        """It waits no more; one that did not is ignored."""
        counted = self._counted.pop(life.identity, None)
        if counted is None:
            return
        self.requests[counted.tenant] -= 1
        self.sizes[counted.tenant] -= counted.size
        self.bytes -= counted.size
