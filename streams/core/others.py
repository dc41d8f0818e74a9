"""What other workers hold and want, as this one has read it: it counts here as if it were ours."""

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Final

from scheduler.types import Request
from streams.core.desk import Desk
from streams.core.life import Attempt
from streams.core.slots import Slots
from streams.schema import Holding, Over

_OVER_S: Final = 10.0
"""So long an instance may still list what another worker knows to be over."""
_EXPECTED: Final = 0
"""The number of an attempt that another worker has not claimed yet."""

Key = tuple[str, int]


class Others:
    """Nothing here outlives its lease, whatever is lost."""

    def __init__(self, slots: Slots, desk: Desk) -> None:
        self._slots = slots
        self._desk = desk
        self._held: dict[Key, Attempt] = {}
        self._whose: dict[str, str] = {}
        """Identities of requests that wait, and who has them."""
        self._over: dict[Key, float] = {}
        self._ends: list[tuple[float, str, int]] = []

    def attempt(self, identity: str, number: int) -> Attempt | None:
        """A placement of another worker."""
        return self._held.get((identity, number))

    def is_over(self, identity: str, number: int) -> bool:
        """Whether another worker has said that its placement is over."""
        return (identity, number) in self._over

    def wants(self, worker: str, request: Request) -> None:
        """A request waits with another worker."""
        self._drop((request.key, _EXPECTED))
        self._whose[request.key] = worker
        self._desk.heard(request)

    def settle(self, identity: str) -> None:
        """It waits no more."""
        self._drop((identity, _EXPECTED))
        if self._whose.pop(identity, None) is not None:
            self._desk.settled(identity)

    def expects(self, attempts: Iterable[Attempt]) -> None:
        """What another worker, who knows the same, should claim now; its lease is short."""
        for attempt in attempts:
            attempt.number = _EXPECTED
            self.holds(attempt)

    def holds(self, attempt: Attempt) -> None:
        """A placement takes a slot; a request's next owner may make another by the same number."""
        key = (attempt.identity, attempt.number)
        if self._is(key, attempt.placed_s):
            return
        self._drop(key)
        self._over.pop(key, None)
        self._held[key] = attempt
        heappush(self._ends, (attempt.lease_s, *key))
        self._slots.placed(attempt)
        self._slots.changed = True

    def over(self, over: Over, now_s: float) -> None:
        """A placement takes no slot any more, though an instance may still list it."""
        key = (over.identity, over.attempt)
        if key in self._held and not self._is(key, over.placed_s):
            return
        self._drop(key)
        self._over[key] = now_s + _OVER_S
        heappush(self._ends, (now_s + _OVER_S, *key))

    def gone(self, worker: str) -> None:
        """A worker is no more: who gets its requests tells of them again."""
        for identity in [one for one, by in self._whose.items() if by == worker]:
            self.settle(identity)

    def forget(self) -> None:
        """Nothing that was known counts any more."""
        for key in list(self._held):
            self._drop(key)
        for identity in list(self._whose):
            self.settle(identity)

    def tick(self, now_s: float) -> None:
        """Leases end."""
        while self._ends and self._ends[0][0] <= now_s:
            _, identity, number = heappop(self._ends)
            key = (identity, number)
            attempt = self._held.get(key)
            if attempt is not None and attempt.lease_s <= now_s:
                self._drop(key)
            if self._over.get(key, now_s + 1) <= now_s:
                del self._over[key]

    def next_s(self) -> float | None:
        """When `tick` has something to do."""
        return self._ends[0][0] if self._ends else None

    def _is(self, key: Key, placed_s: float) -> bool:
        held = self._held.get(key)
        return held is not None and held.placed_s == placed_s

    def _drop(self, key: Key) -> None:
        attempt = self._held.pop(key, None)
        if attempt is not None:
            self._slots.released(attempt)


def attempt_of(holding: Holding) -> Attempt:
    """What another worker has told of its placement."""
    attempt = Attempt(
        holding.identity,
        holding.attempt,
        pool=holding.pool,
        architecture="",
        configuration="",
        placed_s=holding.placed_s,
        lease_s=holding.lease_s,
        predicted_s=holding.service_s,
        service_s=holding.service_s,
    )
    attempt.batch, attempt.size_bytes = holding.batch, holding.size_bytes
    return attempt


def holding_of(attempt: Attempt, near: Iterable[str], room: int = 1) -> Holding:
    """What others must know of a placement."""
    return Holding(
        identity=attempt.identity,
        attempt=attempt.number,
        pool=attempt.pool,
        near=tuple(sorted(near)),
        room=room,
        placed_s=attempt.placed_s,
        lease_s=attempt.lease_s,
        service_s=attempt.service_s,
        batch=attempt.batch,
        size_bytes=attempt.size_bytes,
    )
