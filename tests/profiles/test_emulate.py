"""Emulated profiles are slower, labelled, and name both their sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.check import check
from profiles.emulate import emulate
from profiles.errors import ProfileError
from tests.support.profiles import latency, profile


def test_an_emulated_profile_is_slower_by_the_factor() -> None:
    """Every latency grows by the factor, throughput falls by it; memory and cold start stay."""
    own = profile(memory_bytes=5, cold_start_s=0.1, energy_j=2.0, throughput_rps=100.0)
    (found,) = emulate([own], {"jetson": {"silero-vad": 2.0}})
    assert found.architecture == "jetson"
    assert found.latency(1).p99_s == pytest.approx(2 * own.latency(1).p99_s)
    assert found.latency(2).mean_s == pytest.approx(2 * own.latency(2).mean_s)
    assert (found.throughput_rps, found.energy_j) == (50.0, None)
    assert (found.memory_bytes, found.cold_start_s) == (5, 0.1)


def test_it_is_labelled_and_names_both_sources() -> None:
    """Nobody can take it for a measurement of that machine."""
    (found,) = emulate([profile()], {"jetson": {"silero-vad": 2.5}}, "rows of L4 and Orin")
    assert found.source.kind == "emulated"
    for part in ("emulated", "this-machine", "measured", "2.5 times", "rows of L4 and Orin"):
        assert part in found.source.detail


@given(st.floats(1, 1000), st.floats(1e-5, 10))
def test_what_is_plausible_stays_plausible(factor: float, p50_s: float) -> None:
    """Emulation adds no finding."""
    own = profile(latency_by_batch={1: latency(p50_s)}, throughput_rps=1 / p50_s)
    assert check(emulate([own], {"xeon": {"silero-vad": factor}})) == ()


def test_every_architecture_gets_every_profile() -> None:
    """Two architectures and two models make four profiles."""
    factors = {"silero-vad": 1.0, "magika": 2.0}
    found = emulate([profile(), profile(model="magika")], {"xeon": factors, "gpu": factors})
    assert [(one.architecture, one.model) for one in found] == [
        ("gpu", "silero-vad"),
        ("gpu", "magika"),
        ("xeon", "silero-vad"),
        ("xeon", "magika"),
    ]


def test_pacing_can_only_slow_down() -> None:
    """A factor below 1, or none at all, is refused with its place."""
    with pytest.raises(ProfileError, match=r"gpu: silero-vad: found 0\.5, allowed: at least 1"):
        emulate([profile()], {"gpu": {"silero-vad": 0.5}})
    with pytest.raises(ProfileError, match=r"gpu: found no factor for 'silero-vad'"):
        emulate([profile()], {"gpu": {"magika": 2.0}})
