"""Implausible profiles are found, plausible ones are left alone."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.check import check
from profiles.schema import Configuration, Latency, Profile, Source
from tests.support.profiles import latency, profile, profiles


def _with_latency(**changes: float) -> Profile:
    changed = msgspec.structs.replace(latency(), **changes)
    return profile(latency_by_batch={1: changed}, throughput_rps=None)


def _with_source(**changes: object) -> Profile:
    return profile(source=msgspec.structs.replace(profile().source, **changes))


def test_a_plausible_profile_has_no_findings() -> None:
    """Nothing is found where nothing is wrong."""
    assert check([profile()]) == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (_with_latency(p50_s=0.5), "latency_by_batch[1].p50_s"),
        (_with_latency(p90_s=0.5), "latency_by_batch[1].p90_s"),
        (_with_latency(mean_s=0.5), "latency_by_batch[1].mean_s"),
        (_with_latency(p50_s=0.0), "latency_by_batch[1].p50_s"),
        (_with_latency(p99_s=float("nan")), "latency_by_batch[1].p99_s"),
        (_with_latency(samples=3), "latency_by_batch[1].samples"),
        (profile(latency_by_batch={2: latency(0.02)}), "latency_by_batch"),
        (profile(latency_by_batch={0: latency(), 1: latency()}), "latency_by_batch"),
        (
            profile(latency_by_batch={1: latency(0.1), 4: latency(0.01)}, throughput_rps=None),
            "latency_by_batch[4].p50_s",
        ),
        (profile(throughput_rps=1000.0), "throughput_rps"),
        (profile(throughput_rps=10.0), "throughput_rps"),
        (profile(throughput_rps=-1.0), "throughput_rps"),
        (profile(energy_j=0.0), "energy_j"),
        (profile(memory_bytes=-4), "memory_bytes"),
        (profile(cold_start_s=-0.1), "cold_start_s"),
        (profile(model=" "), "model"),
        (profile(configuration=Configuration(engine="")), "configuration.engine"),
        (
            profile(configuration=Configuration(engine="onnxruntime", threads=0)),
            "configuration.threads",
        ),
        (_with_source(kind="guess"), "source.kind"),
        (_with_source(detail=""), "source.detail"),
        (_with_source(machine=""), "source.machine"),
        (_with_source(versions={}), "source.versions"),
        (profile(source=Source(kind="derived", detail="d")), "source.licence"),
        (profile(source=Source(kind="derived", detail="", licence="l")), "source.detail"),
    ],
)
def test_what_is_wrong_is_found(wrong: Profile, field: str) -> None:
    """The finding names the profile and the field, what was found and what is allowed."""
    findings = check([profile(), wrong])
    assert field in {finding.field for finding in findings}
    assert all(finding.found and finding.allowed and finding.profile for finding in findings)


@given(profiles)
def test_checking_never_fails(anything: Profile) -> None:
    """Any profile the schema allows can be checked."""
    check([anything])


@given(st.floats(1e-6, 1e3), st.floats(1, 5), st.floats(1, 5))
def test_ordered_quantiles_are_fine(p50: float, to_p90: float, to_p99: float) -> None:
    """Quantiles in their order with a mean among them are plausible."""
    found = Latency(
        mean_s=p50, p50_s=p50, p90_s=p50 * to_p90, p99_s=p50 * to_p90 * to_p99, samples=100
    )
    assert check([profile(latency_by_batch={1: found}, throughput_rps=1 / p50)]) == ()
