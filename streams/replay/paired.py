"""What two runs of the same requests differ by, and how sure that is. Pure: seeded draws."""

from collections.abc import Sequence
from math import ceil, exp, lgamma, log, sqrt
from typing import Final

import numpy as np

_RESAMPLES: Final = 2000
_SEED: Final = 0
_LEVEL: Final = 95.0


def interval(differences: Sequence[float]) -> tuple[float, float]:
    """95 % of the mean difference, by a circular block bootstrap over the order of arrival.

    Blocks of as many requests as the root of all: neighbours share a queue, so they are no
    independent draws, and resampling them one by one would look too sure.
    """
    values = np.asarray(differences, np.float64)
    count = values.size
    length = ceil(sqrt(count))
    sums = np.cumsum(np.concatenate(([0.0], values, values[: length - 1])))
    blocks = sums[length:] - sums[:count]
    draws = np.random.default_rng(_SEED)
    taken = ceil(count / length)
    means = [
        float(blocks[draws.integers(0, count, taken)].mean()) / length for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(means, ((100 - _LEVEL) / 2, (100 + _LEVEL) / 2))
    return float(low), float(high)


def mcnemar(worse: int, better: int) -> float:
    """Chance of so unequal changes if both directions were alike: exact, two-sided.

    It takes requests for independent, which they are not quite: `interval` does not.
    """
    changed = worse + better
    if changed == 0:
        return 1.0
    tail = sum(
        exp(lgamma(changed + 1) - lgamma(k + 1) - lgamma(changed - k + 1) - changed * log(2))
        for k in range(min(worse, better) + 1)
    )
    return min(1.0, 2 * tail)
