"""Which models have been asked for lately."""

from collections.abc import Iterable

HALF_LIFE = 500
"""After this many arrivals an arrival counts half."""
PRIOR_ARRIVALS = 20.0
"""What is assumed before anything came: so many arrivals, shared evenly by the models."""


class Mix:
    """Shares of the models among the arrivals, the latest counting most; O(1) per arrival."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}
        self._weight = 1.0

    def observe(self, model: str) -> None:
        """Takes an arrival in; the other models are not touched."""
        self._weight *= 2 ** (1 / HALF_LIFE)
        self._weights[model] = self._weights.get(model, 0.0) + self._weight
        if self._weight > 2.0**100:
            self._weights = {name: w / self._weight for name, w in self._weights.items()}
            self._weight = 1.0

    def shares(self, models: Iterable[str]) -> dict[str, float]:
        """The share of each of these models; they sum to 1, and none is 0."""
        names = sorted(set(models))
        prior = PRIOR_ARRIVALS / max(1, len(names))
        counts = {name: prior + self._weights.get(name, 0.0) / self._weight for name in names}
        total = sum(counts.values())
        return {name: count / total for name, count in counts.items()}
