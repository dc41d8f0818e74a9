"""Profiles of machines that are not here: this machine's own, slowed down by published factors."""

from collections.abc import Iterable, Mapping

import msgspec

from profiles.errors import ProfileError
from profiles.schema import Latency, Profile, Source

Pacing = Mapping[str, Mapping[str, float]]
"""Architecture to model to factor (at least 1) over this machine's own time."""


def emulate(
    profiles: Iterable[Profile], pacing: Pacing, basis: str = "published ratios"
) -> tuple[Profile, ...]:
    """Each profile on each emulated architecture; ``basis`` says where the factors come from.

    Memory and cold start stay those of this machine: the emulation computes here. Energy is not
    known of a machine that is not here.

    Raises:
        ProfileError: a factor below 1 (pacing can only slow down), or one that is missing.
    """
    measured = tuple(profiles)
    return tuple(
        _slowed(profile, architecture, _factor(factors, architecture, profile.model), basis)
        for architecture, factors in sorted(pacing.items())
        for profile in measured
    )


def _factor(factors: Mapping[str, float], architecture: str, model: str) -> float:
    if model not in factors:
        raise ProfileError(
            f"pacing: {architecture}: found no factor for {model!r}, known: {sorted(factors)}"
        )
    if not factors[model] >= 1:
        raise ProfileError(
            f"pacing: {architecture}: {model}: found {factors[model]:g}, "
            "allowed: at least 1 (pacing can only slow down)"
        )
    return factors[model]


def _slowed(profile: Profile, architecture: str, factor: float, basis: str) -> Profile:
    throughput = profile.throughput_rps
    return msgspec.structs.replace(
        profile,
        architecture=architecture,
        latency_by_batch={n: _longer(lat, factor) for n, lat in profile.latency_by_batch.items()},
        throughput_rps=None if throughput is None else throughput / factor,
        energy_j=None,
        source=_emulated(profile.source, profile.architecture, factor, basis),
    )


def _longer(latency: Latency, factor: float) -> Latency:
    return Latency(
        mean_s=latency.mean_s * factor,
        p50_s=latency.p50_s * factor,
        p90_s=latency.p90_s * factor,
        p99_s=latency.p99_s * factor,
        samples=latency.samples,
    )


def _emulated(source: Source, architecture: str, factor: float, basis: str) -> Source:
    """Names both sources: what was slowed down, and by what."""
    own = f"{architecture} ({source.kind}: {source.detail})"
    detail = f"emulated: {own} slowed down {factor:.3g} times by {basis}"
    return msgspec.structs.replace(source, kind="emulated", detail=detail)
