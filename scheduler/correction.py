"""How far reality is from a prior: a robust ratio learned from what was observed."""

import numpy as np

from scheduler.kernel import correcting

PRIOR_WEIGHT = 2
"""A profile counts as this many observations of the median."""
GUESS_WEIGHT = 1
"""What is no profile of the model counts as this many."""


class Correction:
    """Running mean and spread of the logarithms of observed over predicted time.

    The mean follows by 1 / n and remembers some hundred observations, so an estimate gets as sharp
    as the data allow; an outlier is clipped to a few deviations. When the median of the latest
    seven is far from the mean, the past is over and the estimate begins anew from those: a lasting
    change is followed after four observations, three outliers in a row move nothing.
    """

    def __init__(self, prior_sigma: float, *, weight: int = PRIOR_WEIGHT) -> None:
        self._row = np.zeros(correcting.WIDTH)
        correcting.begin(self._row, prior_sigma, float(weight))

    def observe(self, log_ratio: float) -> None:
        """Takes the logarithm of observed over predicted (uncorrected) time."""
        correcting.observe(self._row, log_ratio)

    def apply(self, prior_s: float, floor_s: float) -> tuple[float, float]:
        """The corrected median in seconds, not below ``floor_s``, and sigma of its logarithm."""
        return correcting.corrected(prior_s, self._row, floor_s)
