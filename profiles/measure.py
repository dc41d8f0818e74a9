"""Measuring what a model costs, with the computation and the clock given by the caller."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from profiles.errors import ProfileError
from profiles.schema import Configuration, Latency, Profile, Source

INTERRUPTION = 10.0
"""A sample longer than so many medians is taken for an interruption of the machine ..."""
RARE = 0.02
"""... and left out, if such samples are at most this share; more often, it is the model."""

Progress = Callable[[int, int, int], None]
"""Told batch size, samples taken, samples wanted."""


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """How long to measure one batch size: ``repeats`` samples and at least ``min_seconds``.

    After ``max_seconds`` it ends with what it has, but never with less than ``fewest`` samples.
    """

    warmup: int = 5
    repeats: int = 200
    min_seconds: float = 0.0
    max_seconds: float = 20.0
    fewest: int = 20


def silent(batch: int, done: int, wanted: int) -> None:
    """Progress for nobody."""


def measure(
    run: Callable[[int], None],
    clock: Callable[[], float],
    batches: Sequence[int],
    effort: Effort | None = None,
    progress: Progress = silent,
) -> dict[int, Latency]:
    """Time ``run(batch)`` for each batch size; ``clock`` gives seconds on any monotonic clock.

    Raises:
        ProfileError: no batch size, or one below 1.
    """
    if not batches or min(batches) < 1:
        raise ProfileError(f"batch: found {list(batches)}, allowed: sizes of at least 1")
    effort = effort or Effort()
    return {
        batch: latency(_samples(run, clock, batch, effort, progress))
        for batch in sorted(set(batches))
    }


def latency(samples: Sequence[float]) -> Latency:
    """Mean and quantiles of durations in seconds, rare interruptions of the machine left out.

    Raises:
        ProfileError: no sample.
    """
    if not samples:
        raise ProfileError("samples: found none, allowed: at least one")
    kept = _without_interruptions(np.asarray(samples, dtype=np.float64))
    p50, p90, p99 = (float(value) for value in np.quantile(kept, (0.5, 0.9, 0.99)))
    return Latency(mean_s=float(kept.mean()), p50_s=p50, p90_s=p90, p99_s=p99, samples=kept.size)


def profile(
    model: str,
    architecture: str,
    configuration: Configuration,
    latencies: dict[int, Latency],
    source: Source,
    *,
    memory_bytes: int | None = None,
    cold_start_s: float | None = None,
) -> Profile:
    """A profile of what was measured; throughput is that of one slot at its best batch size."""
    return Profile(
        model=model,
        architecture=architecture,
        configuration=configuration,
        latency_by_batch=latencies,
        source=source,
        throughput_rps=throughput_rps(latencies),
        memory_bytes=memory_bytes,
        cold_start_s=cold_start_s,
    )


def throughput_rps(latencies: dict[int, Latency]) -> float:
    """Requests per second of one slot that always computes, at its best batch size."""
    return max(batch / found.mean_s for batch, found in latencies.items())


def _samples(
    run: Callable[[int], None],
    clock: Callable[[], float],
    batch: int,
    effort: Effort,
    progress: Progress,
) -> list[float]:
    for _ in range(effort.warmup):
        run(batch)
    samples: list[float] = []
    started = clock()
    while not _enough(len(samples), clock() - started, effort):
        before = clock()
        run(batch)
        samples.append(clock() - before)
        progress(batch, len(samples), max(effort.repeats, len(samples)))
    return samples


def _enough(count: int, elapsed_s: float, effort: Effort) -> bool:
    if count >= effort.repeats and elapsed_s >= effort.min_seconds:
        return True
    return count >= effort.fewest and elapsed_s >= effort.max_seconds


def _without_interruptions(samples: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    kept = samples[samples <= INTERRUPTION * np.median(samples)]
    return kept if kept.size >= (1 - RARE) * samples.size else samples
