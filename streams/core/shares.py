"""Max-min sharing: who asks for little gets it, the others divide what is left by weight."""

from collections.abc import Mapping
from math import inf


def level(wanted: Mapping[str, float], weights: Mapping[str, float], capacity: float) -> float:
    """The largest L at which everyone's ``min(wanted, L * weight)`` together fit ``capacity``.

    Infinite if all that is wanted fits. A weight that is not given is 1.
    """
    left, total = capacity, sum(weights.get(name, 1.0) for name in wanted)
    by_need = sorted((need / weights.get(name, 1.0), name) for name, need in wanted.items())
    for per_weight, name in by_need:
        if per_weight * total > left:
            return max(0.0, left) / total
        left -= wanted[name]
        total -= weights.get(name, 1.0)
    return inf


def above(
    wanted: Mapping[str, float], weights: Mapping[str, float], capacity: float
) -> frozenset[str]:
    """Those who want more than their share; nobody if all that is wanted fits."""
    most = level(wanted, weights, capacity)
    return frozenset(name for name, need in wanted.items() if need > most * weights.get(name, 1.0))
