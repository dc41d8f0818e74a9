"""Annotations that Knative's autoscaler reads; they belong on the template."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from k8s.validate.findings import Finding
from k8s.validate.words import seconds

GROUP: Final = "autoscaling.knative.dev"
_INT_MOST: Final = 2**31 - 1
_LONGEST_S: Final = 3600.0
_WINDOW_S: Final = (6.0, _LONGEST_S)
_KPA: Final = f"kpa.{GROUP}"
_HPA: Final = f"hpa.{GROUP}"
_ALGORITHMS: Final = ("linear", "weighted-exponential", "weightedExponential")
_SPELLED: Final[Mapping[str, tuple[str, ...]]] = {
    "min-scale": ("min-scale", "minScale"),
    "max-scale": ("max-scale", "maxScale"),
    "initial-scale": ("initial-scale", "initialScale"),
    "algorithm": ("metric-aggregation-algorithm", "metricAggregationAlgorithm"),
    "panic-threshold": ("panic-threshold-percentage", "panicThresholdPercentage"),
    "panic-window": ("panic-window-percentage", "panicWindowPercentage"),
    "scale-down-delay": ("scale-down-delay", "scaleDownDelay"),
    "retention": ("scale-to-zero-pod-retention-period", "scaleToZeroPodRetentionPeriod"),
    "burst": ("target-burst-capacity", "targetBurstCapacity"),
    "utilization": ("target-utilization-percentage", "targetUtilizationPercentage"),
}
"""Words of ours to the names that are read, the first of them first."""


def check(annotations: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with the annotations of a template."""
    for rule in (_class, _bounds, _numbers, _times, _metric, _initial):
        yield from rule(annotations)


def _get(annotations: Mapping[str, str], word: str) -> tuple[str, str] | None:
    """Key and value of the first spelling that is there."""
    keys = [f"{GROUP}/{name}" for name in _SPELLED.get(word, (word,))]
    return next(((key, annotations[key]) for key in keys if key in annotations), None)


def _class(annotations: Mapping[str, str]) -> Iterator[Finding]:
    key, value = _get(annotations, "class") or ("", "")
    if value.endswith(GROUP) and value not in {_KPA, _HPA}:
        yield Finding(key, repr(value), f"{_KPA}, {_HPA}, or a class of somebody else's")
    found = _get(annotations, "algorithm")
    if value == _KPA and found and found[1] and found[1] not in _ALGORITHMS:
        yield Finding(found[0], repr(found[1]), ", ".join(_ALGORITHMS))


def _bounds(annotations: Mapping[str, str]) -> Iterator[Finding]:
    bounds = {}
    for word in ("min-scale", "max-scale"):
        found = _get(annotations, word)
        bounds[word] = _whole(found[1]) if found else 0
        if found and bounds[word] is None:
            yield Finding(found[0], repr(found[1]), "a whole number of at least 0")
    least, most = bounds["min-scale"] or 0, bounds["max-scale"] or 0
    if 0 < most < least:
        yield Finding(f"{GROUP}/max-scale", f"{most} below a min-scale of {least}", "min or more")
    found = _get(annotations, "activation-scale")
    if found:
        number = _number(found[1], whole=True)
        top = most or _INT_MOST
        if number is None or not max(2, least) <= number <= top:
            yield Finding(found[0], repr(found[1]), "2 or more, between min-scale and max-scale")


def _numbers(annotations: Mapping[str, str]) -> Iterator[Finding]:
    limits: dict[str, tuple[str, Callable[[float], bool]]] = {
        "panic-window": ("1 to 100", lambda value: not (value < 1 or value > 100)),  # noqa: PLR2004
        "panic-threshold": ("110 to 1000", lambda value: not (value < 110 or value > 1000)),  # noqa: PLR2004
        "target": ("at least 0.01", lambda value: not value < 0.01),  # noqa: PLR2004
        "utilization": ("1 to 100", lambda value: not (value < 1 or value > 100)),  # noqa: PLR2004
        "burst": ("-1, or at least 0", lambda value: not value < 0 or value == -1),
    }
    for word, (allowed, fits) in limits.items():
        found = _get(annotations, word)
        value = _number(found[1]) if found else None
        if found and (value is None or not fits(value)):
            yield Finding(found[0], repr(found[1]), allowed)


def _times(annotations: Mapping[str, str]) -> Iterator[Finding]:
    limits = {
        "window": (*_WINDOW_S, True),
        "retention": (0.0, _LONGEST_S, False),
        "scale-down-delay": (0.0, _LONGEST_S, True),
    }
    for word, (least, most, whole) in limits.items():
        found = _get(annotations, word)
        time_s = seconds(found[1]) if found else None
        if found and (time_s is None or not least <= time_s <= most or (whole and time_s % 1)):
            kind = "whole seconds" if whole else "a duration"
            yield Finding(found[0], repr(found[1]), f"{kind} from {least:g}s to {most:g}s")


def _metric(annotations: Mapping[str, str]) -> Iterator[Finding]:
    found = _get(annotations, "metric")
    named = _get(annotations, "class")
    kind = named[1] if named else _KPA
    if found and kind == _KPA and found[1] not in {"concurrency", "rps"}:
        yield Finding(found[0], repr(found[1]), "concurrency or rps")
    if found and kind == _HPA and not found[1]:
        yield Finding(found[0], "nothing", "a metric")


def _initial(annotations: Mapping[str, str]) -> Iterator[Finding]:
    found = _get(annotations, "initial-scale")
    value = _number(found[1], whole=True) if found else None
    if found and (value is None or value < 1):
        allowed = "a whole number of at least 1 (0 where config-autoscaler allows it)"
        yield Finding(found[0], repr(found[1]), allowed)


def _whole(text: str) -> int | None:
    value = _number(text, whole=True)
    return int(value) if value is not None and 0 <= value <= _INT_MOST else None


def _number(text: str, *, whole: bool = False) -> float | None:
    """As Go reads it: no spaces, and no underscores in whole numbers."""
    if text.strip() != text or (whole and "_" in text):
        return None
    try:
        return int(text) if whole else float(text)
    except ValueError:
        return None
