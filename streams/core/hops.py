"""How long the way to a pool and back takes, and what a byte adds, learnt from feedback."""

FIRST_S = 0.005
"""Before anything was measured."""
DECLARED_WEIGHT = 5.0
"""What is declared of a link counts as so many answers to payloads that differ by ..."""
DECLARED_BYTES = 100_000.0
"""... so much: smaller differences say little beside what else delays an answer."""
_HOP_WEIGHT = 0.1
_LEAST_WEIGHT = 0.02
_FEWEST = 8
"""Before so many answers nothing is held to be an outlier."""
_FAR = 4.0
"""An answer further off than so many times the usual counts as being there."""
_LEAST_OFF_S = 1e-4


class Link:
    """One pool's way: ``hop_s + per_byte_s x size``, what neither queue nor service accounts for.

    The time per byte is a regression on the size over about the last fifty answers, drawn to what
    is declared (nothing: 0), outliers clipped. The hop is what is left of the latest ways. Where
    all sizes are alike the two cannot be told apart, and what is declared stands as long as it can
    be true.
    """

    def __init__(self, declared_s: float = 0.0) -> None:
        """``declared_s``: seconds per byte."""
        self.hop_s = FIRST_S
        self.per_byte_s = self._declared_s = declared_s
        self._count = 0
        self._size = self._spent = 0.0
        self._square = self._product = 0.0
        self._off_s = 0.0
        self._lately_s = self._lately = 0.0

    def declare(self, declared_s: float) -> None:
        """What is declared has changed."""
        if declared_s != self._declared_s:
            self._declared_s = declared_s
            self.per_byte_s = self._fitted() if self._count else declared_s

    def observe(self, spent_s: float, size_bytes: int) -> None:
        """Learn from one answer; a clock that is off may make it negative: taken as nothing."""
        spent_s = max(0.0, spent_s)
        self._take(self._tamed(spent_s, size_bytes), size_bytes)
        self.per_byte_s = self._fitted()
        weight = _HOP_WEIGHT if self._count > 1 else 1.0
        self._lately_s += weight * (spent_s - self._lately_s)
        self._lately += weight * (size_bytes - self._lately)
        self.hop_s = max(0.0, self._lately_s - self.per_byte_s * self._lately)

    def _tamed(self, spent_s: float, size_bytes: int) -> float:
        """The time, moved to the usual distance from what was expected if it is further off."""
        if not self._count:
            return spent_s
        expected_s = self._spent + self.per_byte_s * (size_bytes - self._size)
        off_s, most_s = spent_s - expected_s, _FAR * max(_LEAST_OFF_S, self._off_s)
        if self._count >= _FEWEST:
            off_s = max(-most_s, min(most_s, off_s))
        self._off_s += max(_HOP_WEIGHT, 1 / self._count) * (abs(off_s) - self._off_s)
        return expected_s + off_s

    def _take(self, spent_s: float, size_bytes: int) -> None:
        """Updates means, variance of the size and covariance, the older fading."""
        self._count += 1
        weight = max(_LEAST_WEIGHT, 1 / self._count)
        size, spent = size_bytes - self._size, spent_s - self._spent
        self._size += weight * size
        self._spent += weight * spent
        self._square = (1 - weight) * (self._square + weight * size * size)
        self._product = (1 - weight) * (self._product + weight * size * spent)

    def _fitted(self) -> float:
        """Seconds per byte: not below 0, and not so many that the hop would be negative."""
        known = min(self._count, 1 / _LEAST_WEIGHT)
        prior = DECLARED_WEIGHT * DECLARED_BYTES**2
        slope = known * self._product + prior * self._declared_s
        slope /= known * self._square + prior
        return max(0.0, min(slope, self._spent / self._size if self._size > 0 else slope))


class Hops:
    """The links by pool."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}

    def __getitem__(self, pool: str) -> Link:
        """What is known of the way to a pool."""
        link = self._links.get(pool)
        if link is None:
            link = self._links[pool] = Link()
        return link

    def forget(self, pool: str) -> None:
        """The pool is gone."""
        self._links.pop(pool, None)
