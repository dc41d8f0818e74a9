"""What is implausible about profiles, as values; a file that loads may still be wrong."""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import get_args

import msgspec

from profiles.measure import throughput_rps
from profiles.schema import Latency, Profile, SourceKind

FEWEST_SAMPLES = 20
"""A measured latency with fewer samples has no p90 worth the name."""
FALL = 0.8
"""A larger batch may not be faster than this share of a smaller one."""
TOLERANCE = 2.0
"""Throughput may differ by this factor from the best batch size over its mean latency."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with one profile."""

    profile: str
    field: str
    found: str
    allowed: str


Problem = tuple[str, object, str]
"""Field, what was found, what is allowed."""


def check(profiles: Iterable[Profile]) -> tuple[Finding, ...]:
    """Everything implausible, in the order of the profiles."""
    return tuple(
        Finding(profile=_label(profile), field=field, found=_text(found), allowed=allowed)
        for profile in profiles
        for rule in _RULES
        for field, found, allowed in rule(profile)
    )


def _label(profile: Profile) -> str:
    return f"{profile.model} / {profile.architecture} / {profile.configuration.key}"


def _text(found: object) -> str:
    return f"{found:g}" if isinstance(found, float) else str(found)


def _names(profile: Profile) -> Iterator[Problem]:
    for field in ("model", "architecture"):
        if not getattr(profile, field).strip():
            yield field, "nothing", "a name"
    if not profile.configuration.engine.strip():
        yield "configuration.engine", "nothing", "a name, e.g. onnxruntime"
    for field in ("threads", "batch"):
        count = getattr(profile.configuration, field)
        if count < 1:
            yield f"configuration.{field}", count, "at least 1"


def _batches(profile: Profile) -> Iterator[Problem]:
    sizes = sorted(profile.latency_by_batch)
    if 1 not in sizes:
        yield "latency_by_batch", f"batch sizes {sizes}", "batch size 1 among them"
    if sizes and sizes[0] < 1:
        yield "latency_by_batch", f"batch size {sizes[0]}", "at least 1"
    for small, large in pairwise(sizes):
        less, more = profile.latency_by_batch[small].p50_s, profile.latency_by_batch[large].p50_s
        if more < FALL * less:
            allowed = f"at least {FALL:g} of the {less:g} of batch {small}"
            yield f"latency_by_batch[{large}].p50_s", more, allowed


def _latencies(profile: Profile) -> Iterator[Problem]:
    for size, latency in sorted(profile.latency_by_batch.items()):
        for field, found, allowed in _latency(latency):
            yield f"latency_by_batch[{size}].{field}", found, allowed
        few = profile.source.kind == "measured" and latency.samples < FEWEST_SAMPLES
        if few:
            allowed = f"at least {FEWEST_SAMPLES} where measured"
            yield f"latency_by_batch[{size}].samples", latency.samples, allowed


def _latency(latency: Latency) -> Iterator[Problem]:
    for field in ("mean_s", "p50_s", "p90_s", "p99_s"):
        value = getattr(latency, field)
        if not _positive(value):
            yield field, value, "more than 0 seconds, finite"
    for lower, upper in (("p50_s", "p90_s"), ("p90_s", "p99_s"), ("mean_s", "p99_s")):
        if getattr(latency, lower) > getattr(latency, upper):
            allowed = f"at most {upper} = {getattr(latency, upper):g}"
            yield lower, getattr(latency, lower), allowed


def _amounts(profile: Profile) -> Iterator[Problem]:
    for field in ("throughput_rps", "energy_j", "memory_bytes"):
        value = getattr(profile, field)
        if value is not None and not _positive(value):
            yield field, value, "more than 0, finite, or left out"
    cold = profile.cold_start_s
    if cold is not None and not (cold >= 0 and math.isfinite(cold)):
        yield "cold_start_s", cold, "at least 0 seconds, finite, or left out"


def _throughput(profile: Profile) -> Iterator[Problem]:
    means = [latency.mean_s for latency in profile.latency_by_batch.values()]
    found = profile.throughput_rps
    if found is None or not _positive(found) or not means or not all(map(_positive, means)):
        return
    expected = throughput_rps(profile.latency_by_batch)
    if not expected / TOLERANCE <= found <= expected * TOLERANCE:
        allowed = f"{expected / TOLERANCE:g} to {expected * TOLERANCE:g}, as the latencies say"
        yield "throughput_rps", found, allowed


def _source(profile: Profile) -> Iterator[Problem]:
    source = profile.source
    if source.kind not in get_args(SourceKind):
        yield "source.kind", source.kind, ", ".join(get_args(SourceKind))
    if not source.detail.strip():
        yield "source.detail", "nothing", "where the figures come from"
    if source.kind == "measured":
        if not source.machine:
            yield "source.machine", "nothing", "the machine it was measured on"
        if not source.versions:
            yield "source.versions", "nothing", "the versions it was measured with"
    elif source.kind in {"published", "derived"} and not source.licence:
        yield "source.licence", "nothing", f"the licence of {source.kind} figures"


def _positive(value: float) -> bool:
    return value > 0 and math.isfinite(value)


_RULES: tuple[Callable[[Profile], Iterator[Problem]], ...] = (
    _names,
    _batches,
    _latencies,
    _amounts,
    _throughput,
    _source,
)
