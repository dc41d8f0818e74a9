"""A policy of a few lines: earliest deadline first onto the first idle slot."""

from collections.abc import Sequence

from scheduler.types import Candidate, Completion, Placement, PoolState, Request


class FirstIdle:
    """Knows one service time for everything and places on idle slots only."""

    name = "first-idle"

    def __init__(self, service_s: float = 0.01) -> None:
        self.service_s = service_s
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
            self._taken[pool.name] = self._taken.get(pool.name, 0) + 1
            del self.waiting[request.key]
            placements.append(self._placement(request, pool, now_s))
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
            idle = sum(free_s <= now_s for free_s in pool.free_at_s) or pool.wakeable
            if model in pool.models and idle > self._taken.get(pool.name, 0):
                return pool
        return None

    def _placement(self, request: Request, pool: PoolState, now_s: float) -> Placement:
        start_s = now_s + (0.0 if pool.free_at_s else pool.cold_start_s)
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


class FixedEstimates:
    """One service time for everything."""

    def service_s(self, model: str, pool: PoolState) -> float:
        """Ten milliseconds."""
        return 0.01

    def batches(self, model: str, pool: PoolState) -> Sequence[float]:
        """Two take half as long again, three twice as long, if they may be gathered."""
        return [1.0, 1.5, 2.0][: pool.largest_batch]

    def busy_w(self, pool: PoolState) -> float:
        """Nothing is known."""
        return 0.0
