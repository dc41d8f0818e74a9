"""The tuned constants as one vector."""

from typing import NamedTuple

import numpy as np

from scheduler.costs import factors, shifts
from scheduler.kernel.state import Floats, Rule, World

SAFETY, SPREAD, LATE, WAIT, SPARE = range(5)
"""Places of the single constants, behind sizes and shifts."""
DEVIATIONS = (0.08, 0.1, 0.7, 0.15, 1.0)
SIZE_DEVIATION = 0.5
SHIFT_DEVIATION = 0.7


class Point(NamedTuple):
    """[m, p] logarithms of size weights, [m] shifts in best latencies, the single constants."""

    size: Floats
    shift: Floats
    single: Floats
    energy: float = 0.0
    """What a joule costs; not part of the vector."""

    def vector(self) -> Floats:
        """All in one row."""
        return np.concatenate([self.size.ravel(), self.shift, self.single])

    def factor(self, world: World) -> Floats:
        """[m, p] cost of a second of work."""
        sizes = np.where(np.isfinite(world.service), np.exp(self.size), 1.0)
        return factors(world, sizes, self.energy)

    def shift_s(self, world: World) -> Floats:
        """[m] shifts in seconds."""
        return shifts(world, self.shift)

    def rule(self, unit: float, patience: float, early_s: float) -> Rule:
        """What the kernel weighs, each constant within its bounds."""
        single = self.single
        return Rule(
            max(0.0, float(single[WAIT])),
            float(single[SPREAD]),
            max(0.0, float(single[LATE])) * unit,
            max(0.0, float(single[SAFETY])),
            max(0.0, float(np.round(single[SPARE]))),
            patience,
            early_s,
        )


def point(vector: Floats, world: World) -> Point:
    """The point of a vector."""
    models, pools = world.service.shape
    sizes = models * pools
    return Point(
        vector[:sizes].reshape(models, pools),
        vector[sizes : sizes + models],
        vector[sizes + models :],
    )


def deviations(world: World) -> Floats:
    """How far the search looks at first, by place of the vector."""
    models, pools = world.service.shape
    return np.concatenate(
        [
            np.full(models * pools, SIZE_DEVIATION),
            np.full(models, SHIFT_DEVIATION),
            np.array(DEVIATIONS),
        ]
    )
