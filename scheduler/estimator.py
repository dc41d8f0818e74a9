"""Service times as distributions: the profiles' prior, corrected by what functions report."""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import msgspec

from profiles.schema import Profile
from scheduler.correction import GUESS_WEIGHT, PRIOR_WEIGHT, Correction
from scheduler.errors import SchedulerError
from scheduler.kernel.correcting import expected, log_ratio, variance
from scheduler.prior import Basis, Prior, Priors
from scheduler.types import Completion, PoolState

Key = tuple[str, str, str, str]


class ServiceTime(msgspec.Struct, frozen=True, kw_only=True):
    """Time in the slot, log-normal: median in seconds, sigma of the logarithm, where from."""

    median_s: float
    sigma: float
    basis: Basis
    observed: bool = False

    @property
    def mean_s(self) -> float:
        """The mean, in seconds."""
        return expected(self.median_s, self.sigma)

    @property
    def variance(self) -> float:
        """The variance, in seconds squared."""
        return variance(self.median_s, self.sigma)

    def quantile_s(self, q: float) -> float:
        """The time that a share ``q`` (between 0 and 1, both excluded) of the runs stays under."""
        return self.median_s * math.exp(self.sigma * _normal_quantile(q))


class Estimator:
    """Predicts how long a model occupies a slot of a pool, without hop and queue.

    One correction is kept per (pool, model, configuration): a pool that runs hot is not blamed on
    its architecture. Predictions are cached until an observation concerns them.
    """

    def __init__(
        self, profiles: Sequence[Profile], *, floor_s: float = 1e-4, unknown_s: float = 1.0
    ) -> None:
        for name, seconds in (("floor_s", floor_s), ("unknown_s", unknown_s)):
            if not 0 < seconds < math.inf:
                raise SchedulerError(f"estimator: {name}: found {seconds}, allowed: above 0")
        self._priors = Priors(profiles, floor_s=floor_s, unknown_s=unknown_s)
        self.floor_s = floor_s
        """Nothing is estimated below it."""
        self._corrections: dict[Key, Correction] = {}
        self._cache: dict[Key, ServiceTime] = {}
        self._known: dict[Key, Prior] = {}
        self._version = _version(profiles)

    @property
    def version(self) -> str:
        """A short hash of the profiles; the same profiles in any order have the same."""
        return self._version

    def service(self, model: str, pool: PoolState) -> ServiceTime:
        """The distribution of the time ``model`` occupies a slot of ``pool``."""
        key = _key(model, pool)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._compute(key)
        return found

    def service_s(self, model: str, pool: PoolState) -> float:
        """The median of `service`, in seconds."""
        return self.service(model, pool).median_s

    def profiled_s(self, model: str, pool: PoolState) -> float:
        """As `service_s`, but where there is a profile nothing that was observed counts."""
        prior = self._prior(_key(model, pool))
        return prior.median_s() if prior.basis == "profile" else self.service_s(model, pool)

    def batches(self, model: str, pool: PoolState) -> list[float]:
        """What 1, 2, ... requests together take over what one takes, as far as is known."""
        prior = self._prior(_key(model, pool))
        most = min(pool.largest_batch, max(prior.median_by_batch))
        return [prior.median_s(size) / prior.median_s(1) for size in range(1, most + 1)]

    def busy_w(self, pool: PoolState) -> float:
        """What a slot of ``pool`` draws beyond idle while it computes, in watts; 0: not known.

        The mean over its models whose profile there has an energy.
        """
        keys = [_key(model, pool) for model in sorted(pool.models)]
        known = [w for m, _, *where in keys if (w := self._priors.busy_w(m, *where)) is not None]
        return sum(known) / len(known) if known else 0.0

    def quantile_s(self, model: str, pool: PoolState, q: float) -> float:
        """The ``q`` quantile of `service`, in seconds."""
        return self.service(model, pool).quantile_s(q)

    def observe(self, completion: Completion, pool: PoolState) -> None:
        """Corrects the estimate; failures and reports of another configuration teach nothing."""
        usable = completion.answered and 0 < completion.service_s < math.inf
        if not usable or completion.configuration != pool.configuration:
            return
        key = _key(completion.model, pool)
        prior = self._prior(key)
        predicted_s = prior.median_s(max(1, completion.batch))
        correction = self._corrections.get(key)
        if correction is None:
            weight = PRIOR_WEIGHT if prior.basis == "profile" else GUESS_WEIGHT
            correction = self._corrections[key] = Correction(prior.sigma, weight=weight)
        correction.observe(log_ratio(completion.service_s, predicted_s, self.floor_s))
        self._cache.pop(key, None)

    def _compute(self, key: Key) -> ServiceTime:
        prior = self._prior(key)
        correction = self._corrections.get(key)
        if correction is None:
            return ServiceTime(median_s=prior.median_s(), sigma=prior.sigma, basis=prior.basis)
        median_s, sigma = correction.apply(prior.median_s(), self.floor_s)
        return ServiceTime(
            median_s=median_s,
            sigma=sigma,
            basis=prior.basis,
            observed=True,
        )

    def _prior(self, key: Key) -> Prior:
        prior = self._known.get(key)
        if prior is None:
            model, _, architecture, configuration = key
            prior = self._known[key] = self._priors.find(model, architecture, configuration)
        return prior


def _key(model: str, pool: PoolState) -> Key:
    return (model, pool.name, pool.architecture, pool.configuration)


@lru_cache(maxsize=64)
def _normal_quantile(q: float) -> float:
    return NormalDist().inv_cdf(q)


def _version(profiles: Sequence[Profile]) -> str:
    plain = (msgspec.to_builtins(profile, str_keys=True) for profile in profiles)
    encoded = sorted(msgspec.json.encode(values, order="sorted") for values in plain)
    return hashlib.sha256(b"\n".join(encoded)).hexdigest()[:12]
