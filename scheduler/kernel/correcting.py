"""How far reality is from a prior: a ratio learned online, in logarithms, in one array row."""

import math

import numpy as np

from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.state import Floats

SEEN = 0
"""Columns of a row: observations (after a drift: since then), mean, variance, how many of the
latest are kept, where the next goes, what the prior counts, and those."""
MEAN = 1
VARIANCE = 2
KEPT = 3
NEXT = 4
WEIGHT = 5
LATEST = 6
WINDOW = 7
"""Latest observations kept: their median shows a drift after 4 of them, 3 outliers move nothing."""
WIDTH = LATEST + WINDOW
SPREAD_WEIGHT = 5.0
"""The prior's spread counts as this many."""
MEMORY = 400.0
"""Older observations fade: a new one never counts less than one in so many."""
CLIP = 3.0
"""An observation further off than so many deviations counts as being there."""
SURPRISE = 3.5
"""The median of the latest must be off by so many of its own deviations to be a drift."""
LEAST_DRIFT = 0.15
MOST_LOG_RATIO = 7.0
"""An observation further off than a factor of about 1,100 is taken as that factor."""
LEAST_SIGMA = 0.02


@borrowing
def begin(row: Floats, sigma: float, weight: float) -> None:
    """Starts a row from a prior of this spread that counts as ``weight`` observations."""
    row[:] = 0.0
    row[VARIANCE] = sigma * sigma
    row[WEIGHT] = weight


@borrowing
def observe(row: Floats, observed: float) -> None:
    """Takes a `log_ratio`.

    The first few are weighed against the prior by a median. From then on the mean follows by 1 / n,
    an outlier clipped; when the median of the latest is far from it, the past is over, and mean and
    count begin anew from the latest.
    """
    place = int(row[NEXT])
    row[LATEST + place] = observed
    row[NEXT] = (place + 1) % WINDOW
    row[KEPT] = min(float(WINDOW), row[KEPT] + 1.0)
    row[SEEN] += 1.0
    most = CLIP * math.sqrt(row[VARIANCE])
    if row[SEEN] <= WINDOW and row[KEPT] == row[SEEN]:
        row[MEAN] = first_median(row)
        off = max(-most, min(most, observed - row[MEAN]))
    else:
        off = max(-most, min(most, observed - row[MEAN]))
        row[MEAN] += off / min(MEMORY, row[SEEN] + row[WEIGHT])
    wide = 1.0 / min(MEMORY, row[SEEN] + SPREAD_WEIGHT)
    row[VARIANCE] += wide * (off * off - row[VARIANCE])
    row[VARIANCE] = max(LEAST_SIGMA * LEAST_SIGMA, row[VARIANCE])
    if row[KEPT] == WINDOW:
        follow(row)


@borrowing
def log_ratio(service_s: float, prior_s: float, floor_s: float) -> float:
    """The logarithm of observed over prior time, within ``MOST_LOG_RATIO`` of 0."""
    found = math.log(max(floor_s, service_s) / prior_s)
    return max(-MOST_LOG_RATIO, min(MOST_LOG_RATIO, found))


@compiled
def first_median(row: Floats) -> float:
    """The median of what was observed so far and of the prior's zeros."""
    kept, zeros = int(row[KEPT]), int(row[WEIGHT])
    known = np.zeros(kept + zeros)
    known[:kept] = row[LATEST : LATEST + kept]
    known.sort()
    half = known.size // 2
    if known.size % 2:
        return float(known[half])
    return float(0.5 * (known[half - 1] + known[half]))


@compiled
def follow(row: Floats) -> None:
    """Begins anew if the latest observations agree that the mean is wrong."""
    latest = np.sort(row[LATEST:WIDTH])
    middle = latest[WINDOW // 2]
    near = np.sort(np.abs(latest - middle))[WINDOW // 2]
    deviation = max(math.sqrt(row[VARIANCE]), LEAST_SIGMA) * 1.2533 / math.sqrt(float(WINDOW))
    if abs(middle - row[MEAN]) > max(LEAST_DRIFT, SURPRISE * deviation):
        row[MEAN], row[SEEN] = middle, WINDOW / 2
        row[VARIANCE] = max(LEAST_SIGMA**2, min(row[VARIANCE], (near / 0.6745) ** 2))
        row[KEPT], row[NEXT] = 0.0, 0.0


@borrowing
def expected(median_s: float, sigma: float) -> float:
    """The mean of a log-normal time, in seconds."""
    return median_s * math.exp(0.5 * sigma * sigma)


@borrowing
def variance(median_s: float, sigma: float) -> float:
    """The variance of that time, in seconds squared."""
    mean_s = expected(median_s, sigma)
    return mean_s * mean_s * (math.exp(sigma * sigma) - 1.0)


@borrowing
def corrected(prior_s: float, row: Floats, floor_s: float) -> tuple[float, float]:
    """Median in seconds, not below ``floor_s``, and sigma of the logarithm."""
    return (
        max(floor_s, prior_s * math.exp(row[MEAN])),
        max(LEAST_SIGMA, math.sqrt(row[VARIANCE])),
    )
