"""What profiles say of a service time before anything was observed, with documented fall-backs."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

import msgspec

from profiles.schema import Latency, Profile

Basis = Literal["profile", "other configuration", "other architecture", "unknown"]
"""Which knowledge an estimate rests on, best first."""

Z90 = 1.2816
Z99 = 2.3263
LEAST_SIGMA = 0.05
WIDENED = {"profile": 0.0, "other configuration": 0.3, "other architecture": 0.5, "unknown": 1.0}


class Prior(msgspec.Struct, frozen=True, kw_only=True):
    """A log-normal belief: median in seconds by batch size, sigma of the logarithm."""

    median_by_batch: dict[int, float]
    sigma: float
    basis: Basis

    def median_s(self, batch: int = 1) -> float:
        """The median at the nearest larger known batch; past the largest in proportion."""
        fitting = [size for size in self.median_by_batch if size >= batch]
        if fitting:
            return self.median_by_batch[min(fitting)]
        largest = max(self.median_by_batch)
        return self.median_by_batch[largest] * batch / largest


class Priors:
    """Looks a (model, architecture, configuration key) up in the profiles.

    1. the profile itself;
    2. the model in other configurations of the architecture: their median;
    3. the model on other architectures, each scaled by the median ratio of the models that both
       architectures have in common (1 where they have none): the median of these;
    4. ``unknown_s``.

    The spread is widened at every step. Nothing is estimated below ``floor_s``.
    """

    def __init__(self, profiles: Iterable[Profile], *, floor_s: float, unknown_s: float) -> None:
        self._floor_s = floor_s
        self._unknown_s = unknown_s
        self._exact: dict[tuple[str, str, str], Profile] = {}
        self._logs: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        for profile in profiles:
            model, architecture = profile.model, profile.architecture
            self._exact[model, architecture, profile.configuration.key] = profile
            self._logs[model, architecture].append(math.log(self._floored(profile.latency().p50_s)))
        self._typical = {key: median(logs) for key, logs in self._logs.items()}

    def find(self, model: str, architecture: str, configuration: str) -> Prior:
        """The best belief that the profiles allow."""
        profile = self._exact.get((model, architecture, configuration))
        if profile is not None:
            medians = {n: self._floored(lat.p50_s) for n, lat in profile.latency_by_batch.items()}
            return Prior(median_by_batch=medians, sigma=_sigma(profile.latency()), basis="profile")
        if (model, architecture) in self._typical:
            return self._guess(self._logs[model, architecture], "other configuration")
        scaled = self._scaled(model, architecture)
        if scaled:
            return self._guess(scaled, "other architecture")
        return self._guess([math.log(self._unknown_s)], "unknown")

    def busy_w(self, model: str, architecture: str, configuration: str) -> float | None:
        """What a slot draws beyond idle while it computes, in watts; None: not known."""
        profile = self._exact.get((model, architecture, configuration))
        if profile is None or profile.energy_j is None:
            return None
        return profile.energy_j / self._floored(profile.latency().mean_s)

    def _scaled(self, model: str, architecture: str) -> list[float]:
        others = sorted(arch for (name, arch) in self._typical if name == model)
        return [self._typical[model, arch] + self._ratio(arch, architecture) for arch in others]

    def _ratio(self, known: str, wanted: str) -> float:
        """Logarithm of how much slower ``wanted`` is than ``known``; 0 without common models."""
        ratios = [
            self._typical[model, wanted] - log
            for (model, arch), log in self._typical.items()
            if arch == known and (model, wanted) in self._typical
        ]
        return median(ratios) if ratios else 0.0

    def _guess(self, logs: Sequence[float], basis: Basis) -> Prior:
        middle = median(logs)
        spread = max(abs(log - middle) for log in logs)
        return Prior(
            median_by_batch={1: self._floored(math.exp(middle))},
            sigma=max(WIDENED[basis], spread),
            basis=basis,
        )

    def _floored(self, seconds: float) -> float:
        return max(self._floor_s, seconds)


def _sigma(latency: Latency) -> float:
    """The spread that reproduces the wider of the two measured tails."""
    if latency.p50_s <= 0:
        return LEAST_SIGMA
    tails = ((latency.p90_s, Z90), (latency.p99_s, Z99))
    sigmas = [math.log(tail / latency.p50_s) / z for tail, z in tails if tail > 0]
    return max([LEAST_SIGMA, *sigmas])
