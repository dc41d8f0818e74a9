"""Published figures, the ratios made of them, and the factors of a stack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.errors import ProfileError
from profiles.families import ALIASES, BENCHMARKS, FAMILIES
from profiles.published import UNVERIFIED, architectures, measurements, pacing, ratio, ratios

STACK = ("gpu", "xeon", "jetson")


def test_every_row_has_a_source_and_a_licence() -> None:
    """Nothing ships without saying where it comes from and under which licence."""
    assert measurements()
    assert all(row.source.startswith("mlcommons/") and row.licence for row in measurements())


def test_one_row_of_each() -> None:
    """A machine has one row per benchmark and scenario, so that none is chosen by chance."""
    names = [(row.architecture, row.benchmark, row.scenario) for row in measurements()]
    assert len(names) == len(set(names))


def test_every_short_name_has_figures_for_every_family() -> None:
    """The three architectures of a stack can be emulated for any model of the catalogue."""
    assert set(ALIASES.values()) <= set(architectures())
    factors = pacing(STACK, [*FAMILIES, *BENCHMARKS])
    assert all(set(factors[name]) == {*FAMILIES, *BENCHMARKS} for name in STACK)


@pytest.mark.parametrize("model", sorted(FAMILIES))
def test_gpu_then_xeon_then_jetson(model: str) -> None:
    """In the shipped figures the order of the three holds for every model."""
    factors = pacing(STACK, FAMILIES)
    assert 1.0 == factors["gpu"][model] < factors["xeon"][model] < factors["jetson"][model]


@given(st.sets(st.sampled_from(architectures()), min_size=1), st.sampled_from(sorted(FAMILIES)))
def test_factors_only_slow_down(names: set[str], model: str) -> None:
    """In every stack that has figures the fastest has factor 1 and none is below."""
    try:
        factors = pacing(names, [model])
    except ProfileError:
        return
    assert min(factors[name][model] for name in names) == 1.0


@pytest.mark.parametrize("model", sorted(FAMILIES))
def test_factors_agree_with_the_ratios(model: str) -> None:
    """The factor of an architecture is its ratio to the fastest."""
    factors = pacing(STACK, [model])
    assert factors["jetson"][model] == pytest.approx(ratio(model, "jetson", "gpu").value)
    turned = ratio(model, "gpu", "jetson").value
    assert turned == pytest.approx(1 / factors["jetson"][model])


def test_a_ratio_says_where_it_comes_from() -> None:
    """Devices, units divided, files, licence, and that nobody at MLCommons verified it."""
    found = ratio("basic-pitch", "xeon", "gpu")
    assert found.family == "vision"
    assert found.source.kind == "derived"
    for part in (UNVERIFIED, "resnet50", "L4", "SPR", "divided by 2 units", "mlcommons/"):
        assert part in found.source.detail
    assert "Apache-2.0" in found.source.licence
    assert [row.architecture for row in found.rows] == ["xeon-spr-8480", "l4"]


def test_both_ways_of_measuring_agree_within_three() -> None:
    """Busy time per sample and latency of single requests give the same order of magnitude."""
    checked = [found for found in ratios() if found.alone is not None]
    assert len(checked) > 10
    assert all(1 / 3 < found.value / (found.alone or 0) < 3 for found in checked)


def test_ratios_cover_families_and_machines() -> None:
    """The table has every family and leaves out only what shares no benchmark."""
    found = ratios("t4")
    assert {row.family for row in found} == set(BENCHMARKS)
    assert all(row.value == pytest.approx(1.0) for row in found if row.architecture == "t4")
    assert ("speech", "xeon-icx-8380") not in {(row.family, row.architecture) for row in found}


def test_a_family_stands_for_itself_and_own_models_can_be_added() -> None:
    """A user's own model gets the factors of the family it is said to be in."""
    own = pacing(STACK, ["mine"], {**FAMILIES, "mine": "detection"})
    assert own["jetson"]["mine"] == pacing(STACK, ["detection"])["jetson"]["detection"]


def test_what_is_unknown_is_listed() -> None:
    """Unknown models, machines and pairs without figures name what is known."""
    with pytest.raises(ProfileError, match=r"model: found 'x'.*allowed: basic-pitch, .*vision"):
        pacing(STACK, ["x"])
    with pytest.raises(ProfileError, match=r"found 'tpu'.*allowed: gpu, xeon, jetson, a10"):
        pacing(["tpu"], ["magika"])
    with pytest.raises(ProfileError, match=r"no benchmark of the family 'speech'.*none"):
        ratio("silero-vad", "xeon-icx-8380", "gpu")
