"""What all baselines share: pools, estimates, placements, parameters."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Annotated, ClassVar, Literal

import msgspec

from scheduler.estimator import Estimator
from scheduler.fleet import Choice, Fleet, promised, take
from scheduler.placing import place
from scheduler.running import Running
from scheduler.slots import ASLEEP, names
from scheduler.types import Completion, Placement, PoolState, Request


class BaselineParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What may be set from outside for every baseline."""

    estimates: Annotated[
        Literal["profile", "corrected"], msgspec.Meta(description="profile or corrected")
    ] = "profile"
    """Profile: as published, nothing is learned of how long runs take; corrected: online."""
    margin_s: Annotated[float, msgspec.Meta(ge=0, le=60, description="seconds, from 0 to 60")] = 0.0
    """A placement leaves when its slot is expected to be free within the round trip plus this."""
    lease_quantile: Annotated[
        float, msgspec.Meta(gt=0.5, lt=1, description="a share between 0.5 and 1")
    ] = 0.99
    """The quantile of the service time behind ``latest_end_s``."""


class KeepingParameters(BaselineParameters, frozen=True, kw_only=True):
    """What may be set from outside for every baseline that never rejects."""

    doomed: Annotated[
        Literal["as-published", "last"], msgspec.Meta(description="as-published or last")
    ] = "as-published"
    """Last: what cannot be met any more delays nothing that can, and counts in no backlog."""


class RejectingParameters(BaselineParameters, frozen=True, kw_only=True):
    """What may be set from outside for every baseline that rejects."""

    rejected: Annotated[Literal["run", "drop"], msgspec.Meta(description="run or drop")] = "run"
    """Run: on a slot that would be idle, nothing else there to do; drop: as published, never."""


class Baseline:
    """The part of `scheduler.policy.Policy` that is the same for all baselines.

    What published rules leave open is decided once, here, in their favour: a placement leaves early
    enough to hide the way there, its payload counted, behind the run before (`scheduler.fleet`), a
    pool at zero is offered with its cold start. Priorities and expiry are not looked at: none of
    the sources knows them.

    The sources all measure profiles once, so that is the default: r is the profile's (where there
    is one), and a run that lasts longer than that is expected to end at once, rest = max(0, start +
    r - now). With ``estimates: corrected`` r is what `scheduler.estimator` makes of all that was
    reported, and the rest what is believed of the slot: that follows a drift, and costs a little
    where times only scatter. `Placement.latest_end_s`, from which leases are made, is always from
    corrected estimates.
    """

    merit: ClassVar[str]
    """What the pool that is chosen is best at, for the reason of a placement."""

    def __init__(self, estimator: Estimator, parameters: BaselineParameters) -> None:
        self.doomed_last = isinstance(parameters, KeepingParameters) and parameters.doomed == "last"
        self.drops = isinstance(parameters, RejectingParameters) and parameters.rejected == "drop"
        self.learns = parameters.estimates == "corrected"
        self.fleet = Fleet(estimator, parameters.margin_s, learns=self.learns)
        self.now_s = -inf
        self._margin_s = parameters.margin_s
        self._lease_quantile = parameters.lease_quantile
        self._running = Running()

    def completed(self, completion: Completion, now_s: float) -> None:
        """Corrects the estimates."""
        self.now_s = now_s
        self._running.ended(completion.key)
        self.fleet.observe(completion)

    def free_s(self, slot: str, now_s: float) -> float:
        """When a live slot is expected to be free, by the estimates that this policy goes by."""
        believed_s = self.fleet.book.free_s(slot)
        if self.learns or believed_s <= now_s:
            return believed_s
        until_s = self._running.until_s(slot)
        overdue = until_s is not None and until_s <= now_s
        return now_s if overdue else believed_s

    def hopeless(self, request: Request, now_s: float) -> bool:
        """Whether it would be late even with all slots free; unknown models are not."""
        best_s = self.fleet.best_latency_s(request.model, request.size_bytes)
        return best_s is not None and request.deadline_s < now_s + best_s

    def choices(
        self, request: Request, now_s: float, queued_s: Callable[[str], float] = lambda _: 0.0
    ) -> list[Choice]:
        """What each slot that serves the model promises behind what is queued, in file order.

        ``opens_s`` is when the slot is open for anything, whatever is queued.
        """
        found, size = [], request.size_bytes
        for pool, service_s in self.fleet.serving(request.model):
            for slot in names(pool):
                free_s = max(now_s, self.free_s(slot, now_s)) + queued_s(slot)
                found.append(self._choice(pool, slot, free_s, service_s, now_s, size))
            if self.fleet.book.asleep(pool):
                woken_s = now_s + pool.cold_start_s
                found.append(self._choice(pool, ASLEEP, woken_s, service_s, now_s, size))
        return found

    def opens_s(self, pool: PoolState, slot: str, size_bytes: int) -> float:
        """When a placement for a live slot may leave."""
        return self.fleet.book.free_s(slot) - self._ahead_s(pool, size_bytes)

    def is_open(self, pool: PoolState, slot: str, now_s: float, size_bytes: int) -> bool:
        """Whether a placement for the slot may leave now; `ASLEEP`: whether one may be woken."""
        if slot == ASLEEP:
            return self.fleet.book.asleep(pool) > 0
        return self.opens_s(pool, slot, size_bytes) <= now_s

    def any_open(self, now_s: float, size_bytes: int) -> bool:
        """Whether a placement for any slot may leave now."""
        return any(
            self.is_open(pool, slot, now_s, size_bytes)
            for pool in self.fleet.pools.values()
            for slot in (*names(pool), ASLEEP)
        )

    def payloads(self, requests: Iterable[Request]) -> Mapping[str, Collection[int]]:
        """Their sizes by model, in bytes; all 0 where no payload takes time."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for request in requests:
            found[request.model].add(request.size_bytes if self.fleet.linked else 0)
        return found

    def largest(self, requests: Iterable[Request]) -> int:
        """The size of the largest payload, in bytes; 0 where none takes time."""
        return max((r.size_bytes for r in requests), default=0) if self.fleet.linked else 0

    def opening_s(self, payloads: Mapping[str, Collection[int]]) -> list[float]:
        """The times later than now at which slots open for one of these payloads by model."""
        moments = [
            self.opens_s(pool, slot, size)
            for pool in self.fleet.pools.values()
            for size in set[int]().union(*(payloads.get(model, ()) for model in pool.models))
            if self.opens_early(pool, size)
            for slot in names(pool)
        ]
        return [at_s for at_s in moments if at_s > self.now_s]

    def opens_early(self, pool: PoolState, size_bytes: int) -> bool:
        """Whether its slots open before they are free; if not, a slot opens when it is told free.

        To be woken when it is only expected to be free would be of no use then.
        """
        return self._ahead_s(pool, size_bytes) > 0

    def _ahead_s(self, pool: PoolState, size_bytes: int) -> float:
        """How long before its slot is free a placement may leave."""
        return pool.round_trip_s(size_bytes) + self._margin_s

    def place(self, request: Request, choice: Choice, now_s: float, *, late: bool) -> Placement:
        """The request on this slot, which is taken; ``late``: only because it would be idle."""
        size = request.size_bytes
        others = sorted(self.fleet.choices(request.model, self.fleet.book, now_s, size))
        listed = [choice, *(other for other in others if other.pool_name != choice.pool_name)]
        take(self.fleet.book, choice)
        self._running.started(request.key, choice.slot, choice.start_s + choice.service_s)
        return place(
            request,
            listed,
            now_s,
            self.fleet.estimator,
            lease_quantile=self._lease_quantile,
            doomed=late,
            merit=self.merit,
        )

    def choice(
        self, model: str, pool: PoolState, slot: str, now_s: float, size_bytes: int
    ) -> Choice:
        """What a slot of the pool promises a request that is sent to it now."""
        asleep = slot == ASLEEP
        free_s = now_s + pool.cold_start_s if asleep else self.fleet.book.free_s(slot)
        service_s = self.fleet.service_s(model, pool)
        return self._choice(pool, slot, free_s, service_s, now_s, size_bytes)

    def _choice(
        self,
        pool: PoolState,
        slot: str,
        free_s: float,
        service_s: float,
        now_s: float,
        size_bytes: int,
    ) -> Choice:
        opens_s = -inf if slot == ASLEEP else self.opens_s(pool, slot, size_bytes)
        return promised(
            pool, slot, free_s, service_s, now_s, opens_s=opens_s, size_bytes=size_bytes
        )

    def fill(
        self, requests: Iterable[Request], usable: Callable[[Choice], bool], now_s: float
    ) -> Iterator[Placement]:
        """Places what is late anyway, in this order, on open slots that are usable for it."""
        for request in requests:
            found = [c for c in self.choices(request, now_s) if c.opens_s <= now_s]
            choices = [choice for choice in found if usable(choice)]
            if choices:
                yield self.place(request, earliest_end(choices), now_s, late=True)


def earliest_end(choices: Sequence[Choice]) -> Choice:
    """The slot that answers first; the first in file order of equals."""
    return min(choices, key=lambda choice: choice.end_s)
