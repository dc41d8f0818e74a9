"""What is made of violation ratios: floors, geometric means, intervals of paired ratios."""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, inf, log, sqrt
from typing import NamedTuple

from scipy.stats import t as student

FLOOR = 0.005
"""Violation ratios below this count as this: nobody gains by 1 in 1,000 against 2 in 1,000."""
CONFIDENCE = 0.95


class Ratio(NamedTuple):
    """How many times ours is theirs: a mean of logarithms and the ends of its interval."""

    value: float
    low: float
    high: float


def floored(ratio: float, floor: float = FLOOR) -> float:
    """The ratio, or the floor if that is more."""
    return max(ratio, floor)


def geometric_mean(values: Iterable[float]) -> float | None:
    """Of positive numbers; None: there are none."""
    logs = [log(value) for value in values]
    return exp(sum(logs) / len(logs)) if logs else None


def paired(ours: Sequence[float], theirs: Sequence[float], floor: float = FLOOR) -> Ratio:
    """The ratio of two columns that belong together seed by seed, both floored.

    A t interval at 95 % of the mean logarithm; with one seed nothing is known of the spread, so the
    interval is everything.

    Raises:
        ValueError: the columns are not of the same length, or empty.
    """
    logs = [
        log(floored(one, floor) / floored(other, floor))
        for one, other in zip(ours, theirs, strict=True)
    ]
    if not logs:
        raise ValueError("paired ratio: found no seeds, allowed: at least 1")
    mean = sum(logs) / len(logs)
    half = _half_width(logs, mean)
    return Ratio(exp(mean), exp(mean - half), exp(mean + half) if half < inf else inf)


def best(means: Mapping[str, float]) -> str | None:
    """Who has the least; of equals the first, None: there is nobody."""
    return min(means, key=means.__getitem__) if means else None


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("mean: found no values, allowed: at least 1")
    return sum(values) / len(values)


def _half_width(logs: Sequence[float], mean_log: float) -> float:
    count = len(logs)
    if count == 1:
        return inf
    spread = sqrt(sum((value - mean_log) ** 2 for value in logs) / (count - 1))
    return float(student.ppf((1 + CONFIDENCE) / 2, count - 1)) * spread / sqrt(count)
