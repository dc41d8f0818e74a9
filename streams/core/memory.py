"""Concluded identities, remembered for the horizon in which a repeat may come."""

from collections import deque
from typing import NamedTuple

from streams.identity import digest

_SLICES = 32
"""Of the horizon: what was concluded in one of them is forgotten together."""


class _Entry(NamedTuple):
    """Shared by all that are alike: there are few kinds, and many identities."""

    partition: int
    slice: int
    attempts: tuple[int, ...]


class Memory:
    """Bounded by time: identities older than the horizon are forgotten, by a slice of it later.

    Of an identity, which may be long, a digest is kept: about 150 bytes each.
    """

    def __init__(self, horizon_s: float) -> None:
        self._slice_s = horizon_s / _SLICES
        self._entries: dict[bytes, _Entry] = {}
        self._order: deque[tuple[int, list[bytes]]] = deque()
        """By slice what was concluded in it."""
        self._kinds: dict[_Entry, _Entry] = {}

    def __contains__(self, identity: str) -> bool:
        return digest(identity) in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, identity: str, partition: int, now_s: float, attempt: int = 0) -> None:
        """Remember a concluded identity and the attempt that answered (0: none did)."""
        self.recall(digest(identity), partition, now_s, attempt)

    def recall(self, known: bytes, partition: int, now_s: float, attempt: int) -> None:
        """The same by the digest of the identity."""
        number = int(now_s // self._slice_s)
        if not self._order or self._order[-1][0] < number:
            self._order.append((number, []))
        number, digests = self._order[-1]
        digests.append(known)
        self._entries[known] = self._kind(partition, number, (attempt,) if attempt else ())

    def answered(self, identity: str, attempt: int) -> None:
        """A further attempt of a concluded identity reported its end."""
        known = digest(identity)
        entry = self._entries.get(known)
        if entry is not None and attempt not in entry.attempts:
            attempts = (*entry.attempts, attempt)
            self._entries[known] = self._kind(entry.partition, entry.slice, attempts)

    def is_answered(self, identity: str, attempt: int) -> bool:
        """Whether this attempt of a concluded identity has reported its end."""
        entry = self._entries.get(digest(identity))
        return entry is not None and attempt in entry.attempts

    def forget(self, now_s: float) -> None:
        """Drop what is older than the horizon."""
        oldest = int(now_s // self._slice_s) - _SLICES
        while self._order and self._order[0][0] < oldest:
            number, digests = self._order.popleft()
            for known in digests:
                entry = self._entries.get(known)
                if entry is not None and entry.slice <= number:
                    del self._entries[known]
            self._kinds = {kind: kind for kind in self._kinds if kind.slice > number}

    def drop(self, partition: int) -> None:
        """Forget a partition that is no longer ours."""
        self._entries = {
            known: entry for known, entry in self._entries.items() if entry.partition != partition
        }
        kept = ((number, [d for d in ds if d in self._entries]) for number, ds in self._order)
        self._order = deque(kept)

    def _kind(self, partition: int, number: int, attempts: tuple[int, ...]) -> _Entry:
        entry = _Entry(partition, number, attempts)
        return self._kinds.setdefault(entry, entry)
