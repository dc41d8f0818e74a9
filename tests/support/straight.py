"""A policy that sends every request at once to where it is told, and keeps what it was told."""

from collections.abc import Callable, Sequence

from scheduler.types import Completion, Placement, PoolState, Request

Where = Callable[[Request], str]


class Straight:
    """Places on a pool or, written ``pool#index``, on a slot; expects ``service_s`` for each."""

    name = "straight"

    def __init__(
        self,
        where: Where | str,
        *,
        service_s: float = 1.0,
        lease_s: float = 2.0,
        together: bool = False,
    ) -> None:
        self.told: list[tuple[float, tuple[float, ...]]] = []
        """When, and the free times of the first pool."""
        self.pools: Sequence[PoolState] = ()
        self.arrivals: list[tuple[float, str, int]] = []
        self.completions: list[tuple[float, Completion]] = []
        self.gone: list[tuple[float, str]] = []
        self.waiting: list[Request] = []
        self._where = where if callable(where) else lambda _: where
        self._service_s = service_s
        self._lease_s = lease_s
        self._together = together

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Keeps them."""
        self.pools = pools
        self.told.append((now_s, pools[0].free_at_s))

    def arrived(self, request: Request, now_s: float) -> None:
        """Keeps it."""
        self.arrivals.append((now_s, request.key, request.attempt))
        self.waiting.append(request)

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forgets it."""
        self.gone.append((now_s, key))
        self.waiting = [request for request in self.waiting if request.key != key]

    def completed(self, completion: Completion, now_s: float) -> None:
        """Keeps it."""
        self.completions.append((now_s, completion))

    def decide(self, now_s: float) -> Sequence[Placement]:
        """All that waits, unless it is to go nowhere."""
        leaving = [request for request in self.waiting if self._where(request)]
        self.waiting = [request for request in self.waiting if request not in leaving]
        return [self._placement(request, now_s, i) for i, request in enumerate(leaving)]

    def wake_at_s(self) -> float | None:
        """Never."""
        return None

    def doomed(self, now_s: float) -> Sequence[str]:
        """None."""
        return ()

    def _placement(self, request: Request, now_s: float, index: int) -> Placement:
        pool, _, slot = self._where(request).partition("#")
        start_s = now_s if self._together else now_s + index * self._service_s
        return Placement(
            key=request.key,
            model=request.model,
            pool=pool,
            configuration="",
            attempt=request.attempt,
            expected_start_s=start_s,
            expected_end_s=start_s + self._service_s,
            latest_end_s=now_s + self._lease_s,
            candidates=(),
            reason="",
            slot=f"{pool}#{slot}" if slot else "",
        )
