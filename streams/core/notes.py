"""What this worker has to tell the others, gathered until it is written to their log."""

from collections.abc import Iterator

from scheduler.types import Completion, Request
from streams.core.life import Attempt
from streams.schema import Holding, Learnt, News, Over

_MOST = 100
"""Entries of a kind in one record."""


class Notes:
    """Empty for as long as nobody listens."""

    def __init__(self) -> None:
        self.listened = False
        """Whether there is anybody to tell."""
        self._waits: dict[str, Request] = {}
        self._settled: list[str] = []
        self._claims: list[Holding] = []
        self._holds: list[Holding] = []
        self._over: list[Over] = []
        self._learnt: list[Learnt] = []
        self._told: set[tuple[str, int]] = set()
        """Own attempts that the others count."""
        self._kinds = (
            self._waits, self._settled, self._claims, self._holds, self._over, self._learnt,
        )  # fmt: skip

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return any(self._kinds)

    def waits(self, request: Request) -> None:
        """A request waits for a placement."""
        if self.listened:
            self._waits[request.key] = request

    def settled(self, identity: str) -> None:
        """A request that waited needs no placement any more."""
        if self.listened and self._waits.pop(identity, None) is None:
            self._settled.append(identity)

    def claims(self, holding: Holding) -> None:
        """A placement that is to be granted."""
        self._told.add((holding.identity, holding.attempt))
        self._claims.append(holding)

    def holds(self, holding: Holding) -> None:
        """A placement that was made while nobody listened, or by a former owner."""
        self._told.add((holding.identity, holding.attempt))
        if self.listened:
            self._holds.append(holding)

    def over(self, attempt: Attempt) -> None:
        """A placement is over, or was not made after all."""
        key = (attempt.identity, attempt.number)
        if key in self._told:
            self._told.discard(key)
            self._over.append(_over(attempt))

    def disown(self, attempt: Attempt) -> None:
        """A placement that takes its slot on, though this worker will not hear of its end."""
        self._told.discard((attempt.identity, attempt.number))

    def learnt(self, completion: Completion) -> None:
        """What a function reported."""
        if self.listened:
            self._learnt.append(
                Learnt(
                    model=completion.model,
                    pool=completion.pool,
                    configuration=completion.configuration,
                    service_s=completion.service_s,
                    batch=completion.batch,
                    answered=completion.answered,
                )
            )

    def forget(self) -> None:
        """Nobody listens any more, or all must be told anew; what others count may yet be over."""
        self.listened = False
        for entries in self._kinds:
            if entries is not self._over:
                entries.clear()

    def take(self, worker: str, seen: int) -> Iterator[News]:
        """Everything, in as many records as it needs."""
        waits = list(self._waits.values())
        for start in range(0, max(len(entries) for entries in self._kinds), _MOST):
            part = slice(start, start + _MOST)
            yield News(
                worker=worker,
                seen=seen,
                waits=tuple(waits[part]),
                settled=tuple(self._settled[part]),
                claims=tuple(self._claims[part]),
                holds=tuple(self._holds[part]),
                over=tuple(self._over[part]),
                learnt=tuple(self._learnt[part]),
            )
        for entries in self._kinds:
            entries.clear()


def _over(attempt: Attempt) -> Over:
    return Over(identity=attempt.identity, attempt=attempt.number, placed_s=attempt.placed_s)
