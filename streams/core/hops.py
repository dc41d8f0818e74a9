"""How long the way to a pool and back takes, learnt from feedback."""

FIRST_S = 0.005
"""Before anything was measured."""
_WEIGHT = 0.1


class Hops:
    """Exponentially weighted mean per pool of what neither queue nor service accounts for."""

    def __init__(self) -> None:
        self._means: dict[str, float] = {}

    def __getitem__(self, pool: str) -> float:
        """Seconds there and back."""
        return self._means.get(pool, FIRST_S)

    def observe(self, pool: str, hop_s: float) -> None:
        """Learn from one answer; a clock that is off may make it negative: taken as nothing."""
        found = max(0.0, hop_s)
        mean = self._means.get(pool)
        self._means[pool] = found if mean is None else mean + _WEIGHT * (found - mean)

    def forget(self, pool: str) -> None:
        """The pool is gone."""
        self._means.pop(pool, None)
