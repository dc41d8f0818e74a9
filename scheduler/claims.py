"""Which claims of several workers on the slots that they share are granted, by one log of claims.

Every worker reads the same claims in the same order and so comes to the same verdicts; nothing else
is agreed on, and no clock is asked. Why no slot is ever given twice: docs/decisions/0013.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from scheduler.types import Placement, PoolState

WINDOW = 4096
"""A claim that saw less than this far back is void: nobody has to remember more."""
_EQUAL_S = 1e-9


class Claim(NamedTuple):
    """A worker's wish to place on a pool.

    ``seen`` is the position of the last claim that it had read when it decided. ``room`` counts
    the slots that it then saw free by the start of this placement, this one's among them.
    ``near`` are the pools whose slots are also this pool's, itself included.
    """

    worker: str
    pool: str
    near: tuple[str, ...]
    seen: int
    room: int


class Verdict(Enum):
    """What a worker knows of a claim that it has read."""

    GRANTED = "granted"
    VOID = "void"
    UNSURE = "unsure"
    """It may be either: it hangs on claims from before this worker began to read."""


class _Read(NamedTuple):
    position: int
    worker: str
    pool: str
    verdict: Verdict


class Claims:
    """The log as read so far. Positions grow; those that were not read do not exist."""

    def __init__(self) -> None:
        self._read: deque[_Read] = deque()
        """Those that were not void."""
        self._first: int | None = None
        self.seen = -1
        """The position of the last claim that was read."""

    def read(self, position: int, claim: Claim) -> Verdict:
        """Takes the next claim of the log.

        It is granted if a slot is left for it though each granted claim that it had not seen has
        taken one. An unsure verdict is to be taken for void of an own claim, for granted of others.
        """
        self._first = position if self._first is None else self._first
        verdict = self._verdict(position, claim)
        if verdict is not Verdict.VOID:
            self._read.append(_Read(position, claim.worker, claim.pool, verdict))
        self.seen = position
        while self._read and self._read[0].position < position - WINDOW:
            self._read.popleft()
        return verdict

    def passed(self, position: int) -> None:
        """A record of the log is read to its end, whatever was in it."""
        self._first = position if self._first is None else self._first
        self.seen = position

    def _verdict(self, position: int, claim: Claim) -> Verdict:
        if position - claim.seen > WINDOW:
            return Verdict.VOID
        unseen = [read.verdict for read in self._unseen(claim)]
        room, sure = max(1, claim.room), unseen.count(Verdict.GRANTED)
        if sure >= room:
            return Verdict.VOID
        blind = self._first is not None and claim.seen < self._first - 1
        return Verdict.UNSURE if blind or len(unseen) >= room else Verdict.GRANTED

    def _unseen(self, claim: Claim) -> Iterator[_Read]:
        """The claims of others on its slots that have been read and that it had not seen."""
        for read in reversed(self._read):
            if read.position <= claim.seen:
                break
            if read.worker != claim.worker and read.pool in claim.near:
                yield read


def rooms(
    placements: Sequence[Placement], pools: Iterable[PoolState], near: dict[str, frozenset[str]]
) -> list[int]:
    """For each placement of one decision the slots that are free for it by its start.

    Those that stand before it in the decision have theirs already.
    """
    states = {pool.name: pool for pool in pools}
    taken: list[str] = []
    found = []
    for placement in placements:
        state = states.get(placement.pool)
        free = _free(state, placement.expected_start_s) if state is not None else 0
        beside = near.get(placement.pool, frozenset([placement.pool]))
        found.append(max(1, free - sum(pool in beside for pool in taken)))
        taken.append(placement.pool)
    return found


def _free(pool: PoolState, start_s: float) -> int:
    """Slots that are free by then; of a pool at zero those that may be woken."""
    if not pool.free_at_s:
        return pool.wakeable
    return sum(free_s <= start_s + _EQUAL_S for free_s in pool.free_at_s)
