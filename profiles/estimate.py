"""A measured latency as a distribution: any quantile from the three that are kept."""

import math
from statistics import NormalDist

from profiles.errors import ProfileError
from profiles.schema import Latency

_STANDARD = NormalDist()
_KNOWN = tuple(_STANDARD.inv_cdf(q) for q in (0.5, 0.9, 0.99))


def quantile(latency: Latency, q: float) -> float:
    """Seconds that a share ``q`` of the computations does not exceed; never falls as ``q`` grows.

    Log-normal between the kept quantiles: straight lines of log seconds over the standard
    normal's quantile, exact at p50, p90 and p99, continued with the outer slopes beyond them.

    Raises:
        ProfileError: ``q`` is not between 0 and 1, or the latency is not positive.
    """
    if not 0 < q < 1:
        raise ProfileError(f"quantile: found {q}, allowed: between 0 and 1, both excluded")
    logs = _logs(latency)
    z = _STANDARD.inv_cdf(q)
    left = 0 if z < _KNOWN[1] else 1
    slope = (logs[left + 1] - logs[left]) / (_KNOWN[left + 1] - _KNOWN[left])
    return math.exp(logs[left] + slope * (z - _KNOWN[left]))


def _logs(latency: Latency) -> tuple[float, float, float]:
    """Logarithms of p50, p90, p99, none below the one before."""
    if latency.p50_s <= 0:
        raise ProfileError(f"latency: p50_s: found {latency.p50_s:g}, allowed: more than 0")
    p50 = latency.p50_s
    p90 = max(p50, latency.p90_s)
    return math.log(p50), math.log(p90), math.log(max(p90, latency.p99_s))
