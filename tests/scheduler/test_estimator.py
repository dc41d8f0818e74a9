"""Predictions of service times and how they learn."""

from random import Random

import pytest

from scheduler.errors import SchedulerError
from scheduler.estimator import Estimator
from tests.support.decisions import completion, estimator, pool, profile

GPU = pool("gpu", "net")


def test_starts_from_the_profile() -> None:
    """Before any observation the profile's median and tail are predicted."""
    known = Estimator([profile("net", "gpu", 0.1, spread=1.2)])
    assert known.service_s("net", GPU) == 0.1
    assert known.quantile_s("net", GPU, 0.99) == pytest.approx(0.144, rel=0.01)
    assert not known.service("net", GPU).observed


def test_quantiles_grow() -> None:
    """A higher quantile is a longer time, and the median is the middle one."""
    known = estimator({("net", "gpu"): 0.1})
    times = [known.quantile_s("net", GPU, q) for q in (0.1, 0.5, 0.9, 0.99)]
    assert times == sorted(times)
    assert times[1] == pytest.approx(known.service_s("net", GPU))


def test_drift_converges() -> None:
    """When a pool turns 2.5 times slower, 20 noisy completions bring the estimate there."""
    rng = Random(1)
    known = estimator({("net", "gpu"): 0.1})
    for _ in range(50):
        known.observe(completion("net", GPU, 0.1 * rng.lognormvariate(0, 0.1)), GPU)
    for _ in range(20):
        known.observe(completion("net", GPU, 0.25 * rng.lognormvariate(0, 0.1)), GPU)
    assert known.service_s("net", GPU) == pytest.approx(0.25, rel=0.1)


def test_outlier_is_not_believed() -> None:
    """One completion of a minute changes the estimate by less than 2 %."""
    known = estimator({("net", "gpu"): 0.1})
    for seconds in (0.1, 0.101, 0.099, 60.0):
        known.observe(completion("net", GPU, seconds), GPU)
    assert known.service_s("net", GPU) == pytest.approx(0.1, rel=0.02)


def test_guess_gives_way_sooner_than_a_profile() -> None:
    """A model without a profile is corrected by its first two completions."""
    known = estimator({})
    for _ in range(2):
        known.observe(completion("net", GPU, 0.01), GPU)
    assert known.service_s("net", GPU) == pytest.approx(0.01)
    assert known.service("net", GPU).basis == "unknown"


def test_pools_learn_apart() -> None:
    """What one pool reports does not change another of the same architecture."""
    known = estimator({("net", "gpu"): 0.1})
    other = pool("gpu-2", "net")
    for _ in range(20):
        known.observe(completion("net", GPU, 0.9), GPU)
    assert known.service_s("net", other) == 0.1


def test_batches_are_compared_with_batches() -> None:
    """A batch that takes as long as its profile says changes nothing."""
    known = Estimator([profile("net", "gpu", 0, batches={1: 0.1, 8: 0.4})])
    for _ in range(20):
        known.observe(completion("net", GPU, 0.4, batch=8), GPU)
    assert known.service_s("net", GPU) == pytest.approx(0.1)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("inf"), float("nan")])
def test_nonsense_is_ignored(seconds: float) -> None:
    """Times that no clock can have measured teach nothing."""
    known = estimator({("net", "gpu"): 0.1})
    known.observe(completion("net", GPU, seconds), GPU)
    assert not known.service("net", GPU).observed


def test_failures_and_former_configurations_are_ignored() -> None:
    """A failed computation, or one of another configuration, teaches nothing."""
    known = estimator({("net", "gpu"): 0.1})
    known.observe(completion("net", GPU, 0.9, answered=False), GPU)
    known.observe(completion("net", GPU, 0.9, configuration="former"), GPU)
    assert not known.service("net", GPU).observed


def test_version() -> None:
    """The version depends on the profiles, not on their order."""
    first, second = profile("net", "gpu", 0.1), profile("net", "cpu", 0.3)
    assert Estimator([first, second]).version == Estimator([second, first]).version
    assert Estimator([first]).version != Estimator([first, second]).version


@pytest.mark.parametrize("name", ["floor_s", "unknown_s"])
@pytest.mark.parametrize("seconds", [0.0, -1.0, float("inf"), float("nan")])
def test_bad_defaults(name: str, seconds: float) -> None:
    """A default that is no time above 0 is refused by name."""
    with pytest.raises(SchedulerError, match=rf"estimator: {name}: found .*, allowed: above 0"):
        Estimator([], **{name: seconds})
