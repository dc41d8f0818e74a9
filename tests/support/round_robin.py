"""The plainest policy: every request at once to the next pool that serves its model."""

from collections.abc import Sequence

from scheduler.estimator import Estimator
from scheduler.types import Candidate, Completion, Placement, PoolState, Request


class RoundRobin:
    """A policy without a queue, to compare with."""

    name = "round-robin"

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator
        self._pools: Sequence[PoolState] = ()
        self._waiting: list[Request] = []
        self._turn = 0

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Takes the pools."""
        self._pools = pools

    def arrived(self, request: Request, now_s: float) -> None:
        """Takes a request."""
        self._waiting.append(request)

    def withdrawn(self, key: str, now_s: float) -> None:
        """Nothing waits here."""

    def completed(self, completion: Completion, now_s: float) -> None:
        """Learns nothing."""

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Deals the waiting requests out in turn."""
        placements = [self._deal(request, now_s) for request in self._waiting]
        self._waiting.clear()
        return placements

    def wake_at_s(self) -> float | None:
        """Never."""
        return None

    def doomed(self, now_s: float) -> Sequence[str]:
        """None."""
        return ()

    def _deal(self, request: Request, now_s: float) -> Placement:
        serving = [pool for pool in self._pools if request.model in pool.models]
        pool = serving[self._turn % len(serving)]
        self._turn += 1
        service_s = self._estimator.service_s(request.model, pool)
        end_s = max(now_s, min(pool.free_at_s)) + service_s
        only = Candidate(
            pool=pool.name,
            architecture=pool.architecture,
            configuration=pool.configuration,
            latency_s=end_s - now_s,
            slack_s=request.deadline_s - end_s,
            service_s=service_s,
        )
        return Placement(
            key=request.key,
            model=request.model,
            pool=pool.name,
            configuration=pool.configuration,
            attempt=request.attempt,
            expected_start_s=end_s - service_s,
            expected_end_s=end_s,
            latest_end_s=end_s,
            candidates=(only,),
            reason="its turn",
        )
