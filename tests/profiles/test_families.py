"""Models and the families that speak for them."""

import pytest

from profiles.errors import ProfileError
from profiles.families import BENCHMARKS, FAMILIES, family, machine


def test_every_family_has_benchmarks() -> None:
    """No model is mapped to a family without published benchmarks."""
    assert all(BENCHMARKS[kind] for kind in FAMILIES.values())


def test_models_and_families_are_found() -> None:
    """A model has its family, a family is its own."""
    assert family("silero-vad") == "speech"
    assert family("vision") == "vision"
    with pytest.raises(ProfileError, match="in no family"):
        family("mine")


def test_short_names_mean_machines() -> None:
    """gpu, xeon and jetson stand for one machine each; a machine stands for itself."""
    assert machine("gpu") == "l4"
    assert machine("t4") == "t4"
