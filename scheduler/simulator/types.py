"""The nouns of the simulator: what a scenario is made of. All times are seconds from 0."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Literal

import msgspec

from profiles.schema import Profile

ANY_CONFIGURATION = ""

Seconds = dict[int, float]
"""Seconds of a whole batch by its size."""


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all of them have in common."""


class Power(Struct, frozen=True, kw_only=True):
    """What one instance draws, in watts."""

    idle: float = 0.0
    busy: float = 0.0


class Pool(Struct, frozen=True, kw_only=True):
    """Instances of one configuration on one architecture."""

    name: str
    architecture: str
    instances: int = 1
    power_w: Power | None = None
    cold_start_s: float | None = None
    """Seconds until a pool at zero can compute; not given: it is never at zero."""
    start: Literal["warm", "cold"] = "warm"
    """Cold: at zero until something is placed on it."""
    models: tuple[str, ...] | None = None
    """Those it serves; not given: all that have a profile on its architecture."""
    configuration: str = ANY_CONFIGURATION
    """Of a folder of profiles, those with this key; not given: per model the fastest."""
    hop_s: float | None = None
    """Each way; not given: the scenario's."""
    bandwidth_bytes_per_s: float | None = None
    """Of the link there, for each request alone; not given: payloads take no time."""
    device: str = ""
    """Pools that name the same device share its instances: one computes at a time."""


class EstimateError(Struct, frozen=True, kw_only=True):
    """How far from the truth a policy's profiles are."""

    per_profile: float = 0.0
    """Sigma of a log-normal factor on each (model, architecture), the same for the whole run."""
    per_request: float = 0.0
    """Coefficient of variation of a log-normal factor, mean 1, on each request's true service."""
    told: bool = False
    """The policy's profiles have the true spread, and no error of their own."""


class Drift(Struct, frozen=True, kw_only=True):
    """From ``at_s`` on, what starts takes ``factor`` times as long; the latest one counts.

    It concerns an architecture, a pool, or one instance of a pool.
    """

    at_s: float
    factor: float
    architecture: str | None = None
    pool: str | None = None
    instance: int | None = None


class Outage(Struct, frozen=True, kw_only=True):
    """A pool, or one of its instances, computes nothing from ``from_s`` until before ``to_s``."""

    pool: str
    from_s: float
    to_s: float = inf
    instance: int | None = None


class Recorded(Struct, frozen=True, kw_only=True):
    """Requests that stand in a file of their own."""

    file: str


class Burst(Struct, frozen=True, kw_only=True):
    """The two states of a Markov-modulated Poisson process."""

    ratio: float = 5.0
    """The rate in a burst over that in between."""
    share: float = 0.2
    """The share of the time that is a burst."""
    length: float = 20.0
    """How long a burst is on average, in mean gaps between requests."""


class Sizes(Struct, frozen=True, kw_only=True):
    """Log-normal sizes of payloads."""

    mean: float
    """Bytes."""
    cv: float = 0.0
    """Coefficient of variation."""


class Generated(Struct, frozen=True, kw_only=True):
    """Requests that are drawn."""

    count: int
    seed: int = 0
    load: float | None = None
    """Share of the fluid capacity at batch 1; or ``rate``, in requests per second."""
    rate: float | None = None
    process: Literal["poisson", "gamma", "mmpp", "trace"] = "poisson"
    cv: float = 2.0
    """Coefficient of variation of the gaps of a gamma process."""
    burst: Burst = Burst()
    file: str | None = None
    """Arrival times of a trace; they are stretched to the rate."""
    mix: dict[str, float] | None = None
    """Share of each model; not given: all that are served, evenly."""
    qos: float | tuple[float, ...] = (2.0, 4.0, 8.0)
    """Time from arrival to deadline in latencies of the best architecture; drawn evenly."""
    work_cv: float = 0.0
    """Coefficient of variation of the log-normal works, mean 1."""
    expiry: float | None = None
    """Hard end in times of the QoS; not given: never."""
    size_bytes: float | Sizes = 0.0
    """Of the payloads: all alike, or drawn."""

    @property
    def sizes(self) -> Sizes:
        """How the sizes of the payloads are drawn."""
        return (
            self.size_bytes if isinstance(self.size_bytes, Sizes) else Sizes(mean=self.size_bytes)
        )


class World(Struct, frozen=True, kw_only=True):
    """Machines, their truth, and what a policy is told of it."""

    name: str
    profiles: dict[str, dict[str, Seconds]]
    """Seconds by model and architecture (see `column`) and batch size."""
    pools: tuple[Pool, ...]
    hop_s: float = 0.0
    """Each way."""
    estimate_error: EstimateError = EstimateError()
    drift: tuple[Drift, ...] = ()
    outages: tuple[Outage, ...] = ()
    notice_s: float = inf
    """An outage that no lost placement gave away is noticed after this."""
    workers: int = 1
    """Among which the requests are dealt by their keys; each has a policy of its own."""
    claim_s: float = 0.0
    """Of several workers, how long a claim on a slot takes until all of them know it."""

    @property
    def models(self) -> tuple[str, ...]:
        """All models that have a profile, in file order."""
        return tuple(self.profiles)

    def seconds(self, model: str, pool: Pool) -> Seconds:
        """What a batch of ``model`` takes on ``pool`` by its size; empty: it is not served."""
        if pool.models is not None and model not in pool.models:
            return {}
        return self.profiles.get(model, {}).get(column(pool), {})

    def served(self, pool: Pool) -> frozenset[str]:
        """The models that ``pool`` serves."""
        return frozenset(model for model in self.models if self.seconds(model, pool))

    def round_trip_s(self, pool: Pool) -> float:
        """There and back."""
        return 2 * (self.hop_s if pool.hop_s is None else pool.hop_s)

    def per_byte_s(self, pool: Pool) -> float:
        """What a byte of a payload takes on the way there."""
        return 1 / pool.bandwidth_bytes_per_s if pool.bandwidth_bytes_per_s else 0.0


class Scenario(World, frozen=True, kw_only=True):
    """A world and what is asked of it."""

    requests: Recorded | Generated


def column(pool: Pool) -> str:
    """Where the profiles of a pool stand: its architecture, with a configuration both."""
    if pool.configuration == ANY_CONFIGURATION:
        return pool.architecture
    return f"{pool.architecture}/{pool.configuration}"


def seconds_at(seconds: Mapping[int, float], batch: int) -> float:
    """The time of a batch: that of the nearest larger size that is known, or of the largest."""
    fitting = [size for size in seconds if size >= batch]
    return seconds[min(fitting) if fitting else max(seconds)]


def from_profiles(profiles: Sequence[Profile]) -> dict[str, dict[str, Seconds]]:
    """Mean seconds by model, architecture and configuration, and the fastest of each architecture.

    The fastest is the one with the least time at batch 1, of equals the first.
    """
    found: dict[str, dict[str, Seconds]] = {}
    for profile in profiles:
        seconds = {size: latency.mean_s for size, latency in profile.latency_by_batch.items()}
        columns = found.setdefault(profile.model, {})
        columns[f"{profile.architecture}/{profile.configuration.key}"] = seconds
        fastest = columns.get(profile.architecture)
        if fastest is None or seconds_at(seconds, 1) < seconds_at(fastest, 1):
            columns[profile.architecture] = seconds
    return found
