"""Concluded identities, remembered for the horizon in which a repeat may come."""

from collections import deque
from typing import NamedTuple


class _Entry(NamedTuple):
    partition: int
    concluded_s: float
    attempts: tuple[int, ...]


class Memory:
    """Bounded by time: identities older than the horizon are forgotten."""

    def __init__(self, horizon_s: float) -> None:
        self._horizon_s = horizon_s
        self._entries: dict[str, _Entry] = {}
        self._order: deque[tuple[float, str]] = deque()

    def __contains__(self, identity: str) -> bool:
        return identity in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, identity: str, partition: int, now_s: float, attempt: int = 0) -> None:
        """Remember a concluded identity and the attempt that answered (0: none did)."""
        self._entries[identity] = _Entry(partition, now_s, (attempt,) if attempt else ())
        self._order.append((now_s, identity))

    def answered(self, identity: str, attempt: int) -> None:
        """A further attempt of a concluded identity reported its end."""
        entry = self._entries.get(identity)
        if entry is not None and attempt not in entry.attempts:
            self._entries[identity] = entry._replace(attempts=(*entry.attempts, attempt))

    def is_answered(self, identity: str, attempt: int) -> bool:
        """Whether this attempt of a concluded identity has reported its end."""
        entry = self._entries.get(identity)
        return entry is not None and attempt in entry.attempts

    def forget(self, now_s: float) -> None:
        """Drop what is older than the horizon."""
        while self._order and self._order[0][0] < now_s - self._horizon_s:
            moment_s, identity = self._order.popleft()
            entry = self._entries.get(identity)
            if entry is not None and entry.concluded_s <= moment_s:
                del self._entries[identity]

    def drop(self, partition: int) -> None:
        """Forget a partition that is no longer ours."""
        self._entries = {
            identity: entry
            for identity, entry in self._entries.items()
            if entry.partition != partition
        }
        self._order = deque(pair for pair in self._order if pair[1] in self._entries)
