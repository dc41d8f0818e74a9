"""The demands of the app's workers, as long as they are fresh."""

from typing import Final

from scheduler.demand import Demand, total

FRESH_S: Final = 4.0
"""A worker that says nothing for so long does not count."""
BLIND_S: Final = 60.0
"""For so long nothing is changed when no worker says anything; after that there is no demand."""


class Demands:
    """The last word of each worker; whoever falls silent is forgotten."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, Demand]] = {}
        self._heard_s: float | None = None
        self._total: Demand | None = None

    def heard(self, demand: Demand, now_s: float) -> None:
        """A worker said what it has and expects."""
        self._last[demand.worker] = (now_s, demand)
        self._heard_s = now_s
        self._total = None

    def now(self, now_s: float) -> Demand | None:
        """The sum; None: nobody can know it, so that everything should stay as it is."""
        if self._heard_s is None:
            self._heard_s = now_s  # the time begins when somebody asks
        silent = [name for name, (at_s, _) in self._last.items() if at_s < now_s - FRESH_S]
        for name in silent:
            del self._last[name]
        if silent or self._total is None:
            self._total = total(demand for _, demand in self._last.values())
        if not self._last and now_s < self._heard_s + BLIND_S:
            return None
        return self._total

    def holds(self, pool: str) -> bool:
        """Whether some worker has placements there that are not answered; unknown counts as so."""
        if not self._last or self._total is None:
            return True
        return any(each.pool == pool and each.held > 0 for each in self._total.pools)
