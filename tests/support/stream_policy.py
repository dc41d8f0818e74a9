"""Policies of a few lines: earliest deadline first onto the first idle slot."""

from collections.abc import Sequence

from msgspec.structs import replace

from scheduler.types import Candidate, Completion, Placement, PoolState, Request


class FirstIdle:
    """Knows one service time for everything.

    Places on idle slots, and ``ahead_s`` before a slot is expected to be idle.
    """

    name = "first-idle"

    def __init__(self, service_s: float = 0.01, ahead_s: float = 0.0) -> None:
        self.service_s = service_s
        self._ahead_s = ahead_s
        self.pools: Sequence[PoolState] = ()
        self.waiting: dict[str, Request] = {}
        self.completions: list[Completion] = []
        self._taken: dict[str, int] = {}

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Believe ``pools``."""
        self.pools = pools
        self._taken = {}

    def arrived(self, request: Request, now_s: float) -> None:
        """Queue it."""
        assert request.key not in self.waiting, "told twice of the same request"
        self.waiting[request.key] = request

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forget it."""
        del self.waiting[key]

    def completed(self, completion: Completion, now_s: float) -> None:
        """Remember it."""
        self.completions.append(completion)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Fill idle slots in order of deadline, or wake a pool."""
        placements = []
        for request in sorted(self.waiting.values(), key=lambda waiting: waiting.deadline_s):
            pool = self._idle(request.model, now_s)
            if pool is None:
                continue
            del self.waiting[request.key]
            placements.append(self._placement(request, pool, now_s))
            self._taken[pool.name] = self._taken.get(pool.name, 0) + 1
        return placements

    def wake_at_s(self) -> float | None:
        """When the next busy slot is expected to be free."""
        return min((free_s for pool in self.pools for free_s in pool.free_at_s), default=None)

    def doomed(self, now_s: float) -> Sequence[str]:
        """Those whose deadline is nearer than the service time."""
        requests = sorted(self.waiting.values(), key=lambda request: request.deadline_s)
        return [r.key for r in requests if r.deadline_s < now_s + self.service_s]

    def _idle(self, model: str, now_s: float) -> PoolState | None:
        for pool in self.pools:
            within_s = now_s + self._ahead_s
            idle = sum(free_s <= within_s for free_s in pool.free_at_s) or pool.wakeable
            if model in pool.models and idle > self._taken.get(pool.name, 0):
                return pool
        return None

    def _placement(self, request: Request, pool: PoolState, now_s: float) -> Placement:
        free_s = sorted(pool.free_at_s)[self._taken.get(pool.name, 0) :]
        start_s = max(now_s, *free_s[:1]) if free_s else now_s + pool.cold_start_s
        end_s = start_s + self.service_s
        candidate = Candidate(
            pool=pool.name,
            architecture=pool.architecture,
            configuration=pool.configuration,
            latency_s=end_s - now_s,
            slack_s=request.deadline_s - end_s,
            service_s=self.service_s,
        )
        return Placement(
            key=request.key,
            model=request.model,
            pool=pool.name,
            configuration=pool.configuration,
            attempt=request.attempt,
            expected_start_s=start_s,
            expected_end_s=end_s,
            latest_end_s=end_s,
            candidates=(candidate,),
            reason="first idle slot",
        )


class Gathers(FirstIdle):
    """Places all that waits as one batch on the first idle slot, once two wait."""

    def decide(self, now_s: float) -> Sequence[Placement]:
        """As many as wait, all in one slot."""
        idle = [
            (pool, slot)
            for pool in self.pools
            for free_s, slot in zip(pool.free_at_s, pool.slots, strict=True)
            if free_s <= now_s
        ]
        if not idle or len(self.waiting) < 2:
            return []
        (pool, slot), requests = idle[0], list(self.waiting.values())
        self.waiting.clear()
        return [replace(self._placement(one, pool, now_s), slot=slot) for one in requests]


class FixedEstimates:
    """One service time for everything, of ten milliseconds if nothing else is said."""

    def __init__(self, service_s: float = 0.01) -> None:
        self._service_s = service_s

    def service_s(self, model: str, pool: PoolState) -> float:
        """The one."""
        return self._service_s

    def batches(self, model: str, pool: PoolState) -> Sequence[float]:
        """Two take half as long again, three twice as long, if they may be gathered."""
        return [1.0, 1.5, 2.0][: pool.largest_batch]

    def busy_w(self, pool: PoolState) -> float:
        """Nothing is known."""
        return 0.0
