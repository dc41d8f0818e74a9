"""How far reality is from a prior: a robust ratio learned from the latest observations."""

import math
from collections import deque
from statistics import median

import msgspec

WINDOW = 21
"""Observations remembered: a drift is followed after 11 of them, 10 outliers move nothing."""
PRIOR_WEIGHT = 5
"""The prior counts as this many observations until real ones push it out."""
Z90 = 1.6449
"""90 % of a normal distribution's absolute deviations lie within this many sigmas."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """The median is ``exp(log_ratio)`` times the prior's; ``sigma`` replaces the prior's spread."""

    log_ratio: float
    sigma: float


class Correction:
    """The median of the last ``WINDOW`` logarithms of observed over predicted time.

    The window starts with a few zeros, so that the first observations are weighed against the
    prior. A median ignores outliers up to half of the window, yet follows a lasting change as soon
    as it fills half of it. The spread comes from the 0.9 quantile of the deviations in the window,
    mixed with the prior's by the number of observations.
    """

    def __init__(self, prior_sigma: float, *, weight: int = PRIOR_WEIGHT) -> None:
        self._prior_variance = prior_sigma**2
        self._logs: deque[float] = deque([0.0] * weight, maxlen=WINDOW)
        self._observed = 0

    def observe(self, log_ratio: float) -> None:
        """Takes the logarithm of observed over predicted (uncorrected) time."""
        self._logs.append(log_ratio)
        self._observed = min(WINDOW, self._observed + 1)

    def shift(self) -> Shift:
        """What is believed now."""
        middle = median(self._logs)
        latest = list(self._logs)[-self._observed :]
        deviations = sorted(abs(log - middle) for log in latest)
        seen = deviations[math.ceil(0.9 * len(deviations)) - 1] / Z90
        known = PRIOR_WEIGHT * self._prior_variance + self._observed * seen**2
        return Shift(log_ratio=middle, sigma=math.sqrt(known / (PRIOR_WEIGHT + self._observed)))
