"""Short ways to say profiles, pools, requests and completions for tests of the scheduler."""

from collections.abc import Mapping

from profiles.schema import Configuration, Latency, Profile, Source
from scheduler.estimator import Estimator
from scheduler.policies.edf import EdfParameters, EdfPolicy
from scheduler.types import Completion, PoolState, Request

CONFIGURATION = Configuration(engine="onnxruntime")


def profile(
    model: str,
    architecture: str,
    seconds: float,
    *,
    spread: float = 1.1,
    configuration: Configuration = CONFIGURATION,
    batches: Mapping[int, float] | None = None,
) -> Profile:
    """A profile whose 0.9 and 0.99 quantiles are ``spread`` and ``spread**2`` times the median."""
    return Profile(
        model=model,
        architecture=architecture,
        configuration=configuration,
        latency_by_batch={
            size: Latency(mean_s=s, p50_s=s, p90_s=s * spread, p99_s=s * spread**2)
            for size, s in (batches or {1: seconds}).items()
        },
        source=Source(kind="measured", detail="test"),
    )


def pool(
    name: str,
    *models: str,
    free: tuple[float, ...] = (0.0,),
    configuration: str = CONFIGURATION.key,
    hop_s: float = 0.0,
    cold_start_s: float = 0.0,
    wakeable: int = 0,
    slots: tuple[str, ...] = (),
    bandwidth: float = 0.0,
) -> PoolState:
    """A pool whose architecture is its name up to the first dash."""
    return PoolState(
        name=name,
        architecture=name.split("-", maxsplit=1)[0],
        configuration=configuration,
        models=frozenset(models),
        free_at_s=free,
        hop_s=hop_s,
        cold_start_s=cold_start_s,
        wakeable=wakeable,
        slots=slots,
        per_byte_s=1 / bandwidth if bandwidth else 0.0,
    )


def request(
    key: str,
    model: str,
    deadline: float,
    *,
    expiry: float | None = None,
    priority: int = 0,
    attempt: int = 1,
    size: int = 0,
) -> Request:
    """A request that arrived at 0 and expires a minute after its deadline unless said."""
    return Request(
        key=key,
        model=model,
        arrival_s=0.0,
        deadline_s=deadline,
        expiry_s=deadline + 60 if expiry is None else expiry,
        priority=priority,
        attempt=attempt,
        size_bytes=size,
    )


def completion(
    model: str,
    where: PoolState,
    seconds: float,
    *,
    batch: int = 1,
    answered: bool = True,
    configuration: str | None = None,
) -> Completion:
    """What a function of the pool ``where`` reported."""
    return Completion(
        key="any",
        model=model,
        pool=where.name,
        configuration=where.configuration if configuration is None else configuration,
        service_s=seconds,
        batch=batch,
        answered=answered,
    )


def estimator(seconds: Mapping[tuple[str, str], float]) -> Estimator:
    """An estimator that knows the time of each (model, architecture)."""
    return Estimator([profile(model, arch, s) for (model, arch), s in seconds.items()])


def edf(seconds: Mapping[tuple[str, str], float], **parameters: float) -> EdfPolicy:
    """The policy over profiles of these times; no margin unless said."""
    values = {"margin_s": 0.0, **parameters}
    return EdfPolicy(estimator(seconds), EdfParameters(**values))  # type: ignore[arg-type]
