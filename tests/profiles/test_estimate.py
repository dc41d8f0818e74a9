"""Any quantile of a kept latency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.errors import ProfileError
from profiles.estimate import quantile
from profiles.schema import Latency
from tests.support.profiles import latencies, latency

shares = st.floats(0.001, 0.999)


@pytest.mark.parametrize(("q", "seconds"), [(0.5, 0.01), (0.9, 0.012), (0.99, 0.015)])
def test_the_kept_quantiles_are_exact(q: float, seconds: float) -> None:
    """p50, p90 and p99 come back as they were measured."""
    assert quantile(latency(0.01), q) == pytest.approx(seconds)


@given(latencies, shares, shares)
def test_a_larger_share_never_takes_less_time(found: Latency, one: float, other: float) -> None:
    """Quantiles never fall, even where the measured ones do."""
    low, high = sorted((one, other))
    assert quantile(found, low) <= quantile(found, high) * (1 + 1e-9)


def test_the_tail_goes_on_beyond_p99() -> None:
    """Beyond what is kept the tail continues, and below the median it falls."""
    assert quantile(latency(0.01), 0.999) > 0.015
    assert 0 < quantile(latency(0.01), 0.1) < 0.01


@pytest.mark.parametrize("q", [0.0, 1.0, -1.0, float("nan")])
def test_what_is_no_share_is_refused(q: float) -> None:
    """A quantile is asked for between 0 and 1."""
    with pytest.raises(ProfileError, match="allowed: between 0 and 1"):
        quantile(latency(), q)


def test_a_latency_of_nothing_is_refused() -> None:
    """No distribution has a median of 0 seconds."""
    with pytest.raises(ProfileError, match="p50_s: found 0, allowed: more than 0"):
        quantile(Latency(mean_s=0, p50_s=0, p90_s=0, p99_s=0), 0.5)
