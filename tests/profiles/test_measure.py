"""Measuring with a clock that the test turns by hand."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.errors import ProfileError
from profiles.measure import Effort, latency, measure, profile, throughput_rps
from tests.support import profiles as examples


class Bench:
    """A computation whose durations the test chooses, and the clock it moves."""

    def __init__(self, duration: Callable[[int, int], float]) -> None:
        self.now_s = 0.0
        self.runs: list[int] = []
        self._duration = duration

    def run(self, batch: int) -> None:
        """Let as much time pass as the test said for this call."""
        self.now_s += self._duration(batch, len(self.runs))
        self.runs.append(batch)

    def clock(self) -> float:
        """Seconds since the test began."""
        return self.now_s


def test_a_constant_computation_is_measured_exactly() -> None:
    """Quantiles and mean of a constant are that constant, for each batch size in order."""
    bench = Bench(lambda batch, _: 0.25 * batch)
    found = measure(bench.run, bench.clock, [2, 1, 2], Effort(warmup=1, repeats=30))
    assert list(found) == [1, 2]
    assert found[2].p50_s == found[2].p99_s == found[2].mean_s == 0.5
    assert found[1].samples == 30


def test_warmup_is_not_measured() -> None:
    """The first slow calls count for nothing."""
    bench = Bench(lambda _, call: 9.0 if call < 3 else 0.25)
    found = measure(bench.run, bench.clock, [1], Effort(warmup=3, repeats=20))
    assert found[1].p99_s == 0.25
    assert len(bench.runs) == 23


def test_it_goes_on_for_the_least_time() -> None:
    """A fast computation is repeated until the least time has passed."""
    bench = Bench(lambda *_: 0.125)
    found = measure(bench.run, bench.clock, [1], Effort(warmup=0, repeats=5, min_seconds=5.0))
    assert found[1].samples == 40


def test_it_ends_after_the_most_time_with_the_fewest_samples() -> None:
    """A slow computation ends early, but never with fewer samples than asked for."""
    bench = Bench(lambda *_: 8.0)
    effort = Effort(warmup=0, repeats=100, max_seconds=16.0, fewest=7)
    assert measure(bench.run, bench.clock, [1], effort)[1].samples == 7


def test_progress_is_told_every_sample() -> None:
    """Progress hears batch size, samples taken and samples wanted."""
    told: list[tuple[int, int, int]] = []
    bench = Bench(lambda *_: 0.5)
    effort = Effort(warmup=0, repeats=2)
    measure(bench.run, bench.clock, [4], effort, lambda *step: told.append(step))
    assert told == [(4, 1, 2), (4, 2, 2)]


def test_a_rare_interruption_is_left_out() -> None:
    """One sample in a hundred that is a hundred times longer is the machine, not the model."""
    found = latency([0.01] * 99 + [1.0])
    assert (found.p99_s, found.mean_s) == pytest.approx((0.01, 0.01))
    assert found.samples == 99


def test_a_frequent_long_sample_is_kept() -> None:
    """One sample in ten that is long belongs to the model."""
    found = latency([0.01] * 90 + [1.0] * 10)
    assert found.samples == 100
    assert found.p99_s == pytest.approx(1.0)


@given(st.lists(st.floats(1e-6, 10), min_size=1, max_size=50))
def test_quantiles_are_ordered_and_inside_the_samples(samples: list[float]) -> None:
    """Whatever the samples, p50 <= p90 <= p99, all between the least and the largest."""
    found = latency(samples)
    assert found.p50_s <= found.p90_s * (1 + 1e-12) <= found.p99_s * (1 + 1e-11)
    assert min(samples) <= found.p50_s
    assert found.p99_s <= max(samples)


def test_wrong_batches_and_no_samples_are_refused() -> None:
    """Batch sizes start at 1, and nothing can be said of no samples."""
    bench = Bench(lambda *_: 1.0)
    for batches in ([], [0, 1]):
        with pytest.raises(ProfileError, match="allowed: sizes of at least 1"):
            measure(bench.run, bench.clock, batches)
    with pytest.raises(ProfileError, match="samples: found none"):
        latency([])


def test_a_profile_takes_the_throughput_of_its_best_batch() -> None:
    """Throughput is what one slot reaches at its best batch size."""
    latencies = {1: examples.latency(0.1), 4: examples.latency(0.2)}
    plain = examples.profile()
    made = profile("m", "a", plain.configuration, latencies, plain.source, cold_start_s=0.5)
    assert made.throughput_rps == throughput_rps(latencies) == pytest.approx(4 / 0.21)
    assert made.cold_start_s == 0.5
    assert made.energy_j is None
