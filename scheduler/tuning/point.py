"""The tuned constants as one vector."""

from typing import NamedTuple

import numpy as np

from scheduler.costs import factors, shifts
from scheduler.kernel.state import Floats, Marks, Rule, World

SAFETY, SPREAD, LATE, WAIT, SPARE, CEILING = range(6)
"""Places of the single constants, behind sizes and shifts."""
DEVIATIONS = (0.08, 0.1, 0.7, 0.15, 1.0, 1.0)
"""That of the ceiling is of its logarithm."""
SIZE_DEVIATION = 0.5
SHIFT_DEVIATION = 0.7


class Point(NamedTuple):
    """Logarithms of size weights, shifts in best latencies, the single constants, closings.

    Size weights and closings are [m, p], shifts [m]. ``energy`` is what a joule costs; neither that
    nor what is closed is part of the vector.
    """

    size: Floats
    shift: Floats
    single: Floats
    closed: Marks
    energy: float = 0.0

    def vector(self) -> Floats:
        """All in one row."""
        return np.concatenate([self.size.ravel(), self.shift, self.single])

    def factor(self, world: World) -> Floats:
        """[m, p] cost of a second of work."""
        sizes = np.where(np.isfinite(world.service), np.exp(self.size), 1.0)
        return factors(world, sizes, self.energy, self.closed)

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
            float(np.exp(single[CEILING])) * unit,
        )

    def moved(self, vector: Floats) -> "Point":
        """The point with the same closings and this vector."""
        sizes = self.size.size
        return self._replace(
            size=vector[:sizes].reshape(self.size.shape),
            shift=vector[sizes : sizes + self.shift.size],
            single=vector[sizes + self.shift.size :],
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
