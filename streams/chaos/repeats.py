"""What was computed more than once, and why: from decisions, feedback and faults. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from functions.schema import Feedback
from streams.chaos.schema import Happened
from streams.schema import Decision

Cause = Literal["delivered-twice", "placed-twice", "unread-answer", "lease-over", "gone-silent"]
"""One placement at two instances or after a new start; two workers' decisions of one number;
placed again after the answer was in the log; before, with its lease over, or with it alive."""
_AFTER_S: Final = 10.0
"""What happens so long after a fault's end may still be of its making."""


class Computed(msgspec.Struct, frozen=True, kw_only=True):
    """Feedback on a computation that finished, and when it was appended."""

    feedback: Feedback
    append_s: float


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """One computation that was one too many."""

    identity: str
    cause: Cause
    at_s: float
    attempt: int
    faults: tuple[str, ...]
    """What was going on when it was placed, as ``kind target``."""


class Repeats(msgspec.Struct, frozen=True, kw_only=True):
    """Of all requests of a campaign."""

    requests: int
    repeats: tuple[Repeat, ...]
    interrupted: int
    """Attempts that an instance was killed with, or that never came to an end; not repeats."""

    @property
    def share(self) -> float:
        """Of computations that were one too many, in requests."""
        return len(self.repeats) / self.requests if self.requests else 0.0

    def causes(self) -> dict[str, int]:
        """How many of each cause."""
        return dict(Counter(each.cause for each in self.repeats).most_common())

    def faults(self) -> dict[str, int]:
        """How many by the kinds of faults that were going on, the latest of each."""
        return dict(Counter(each.faults[-1] if each.faults else "none" for each in self.repeats))


def find(
    requests: int,
    decisions: Iterable[Decision],
    computed: Iterable[Computed],
    skipped: Iterable[tuple[str, int]],
    happened: Sequence[Happened],
) -> Repeats:
    """``skipped``: identity and attempt of what a function did not compute, or not to its end."""
    placed: defaultdict[str, list[Decision]] = defaultdict(list)
    ended: defaultdict[str, list[Computed]] = defaultdict(list)
    for decision in decisions:
        placed[decision.identity].append(decision)
    for one in computed:
        ended[one.feedback.identity].append(one)
    told = {(i, one.feedback.attempt) for i, ends in ended.items() for one in ends} | {*skipped}
    repeats = [
        _repeat(first, again, placed[identity], happened)
        for identity, ends in ended.items()
        for first, *others in [sorted(ends, key=_placed_first)]
        for again in others
    ]
    earlier = {
        (identity, decision.attempt)
        for identity, taken in placed.items()
        for decision in taken
        if decision.attempt < max(one.attempt for one in taken)
    }
    return Repeats(requests=requests, repeats=tuple(repeats), interrupted=len(earlier - told))


def _placed_first(one: Computed) -> tuple[int, float]:
    return one.feedback.attempt, one.append_s


def _repeat(
    first: Computed, again: Computed, placed: Sequence[Decision], happened: Sequence[Happened]
) -> Repeat:
    attempt = again.feedback.attempt
    mine = [one for one in placed if one.attempt == attempt]
    at_s = max((one.placed_s for one in mine), default=again.append_s)
    return Repeat(
        identity=again.feedback.identity,
        cause=_cause(first, again, mine, placed),
        at_s=at_s,
        attempt=attempt,
        faults=_going_on(at_s, happened),
    )


def _cause(
    first: Computed, again: Computed, mine: Sequence[Decision], placed: Sequence[Decision]
) -> Cause:
    if len(mine) > 1:
        return "placed-twice"
    if not mine or again.feedback.attempt == first.feedback.attempt:
        return "delivered-twice"
    (decision,) = mine
    if decision.placed_s > first.append_s:
        return "unread-answer"
    before = [one for one in placed if one.attempt == first.feedback.attempt]
    over = any(one.lease_expiry_s <= decision.placed_s for one in before)
    return "lease-over" if over else "gone-silent"


def _going_on(at_s: float, happened: Sequence[Happened]) -> tuple[str, ...]:
    live = [one for one in happened if one.from_s - 0.1 <= at_s <= one.until_s + _AFTER_S]
    live.sort(key=lambda one: one.from_s)
    return tuple(f"{one.fault.kind} {one.fault.target.rstrip('-0123456789')}" for one in live)
