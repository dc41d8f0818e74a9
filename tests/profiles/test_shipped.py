"""What a stack of emulated machines makes of this machine's profiles."""

import pytest

from profiles.errors import ProfileError
from profiles.shipped import basis, for_stack
from tests.support.profiles import profile


def test_a_stack_is_emulated_with_published_factors() -> None:
    """gpu, xeon and jetson get this machine's profile, each slower than the one before."""
    found = {one.architecture: one for one in for_stack([profile()])}
    assert list(found) == ["gpu", "jetson", "xeon"]
    times = [found[name].latency().p50_s for name in ("gpu", "xeon", "jetson")]
    assert times == sorted(times)
    assert times[0] == profile().latency().p50_s


def test_every_one_of_them_says_emulated_and_why() -> None:
    """Source kind, the machines meant, and that MLCommons verified nothing."""
    for one in for_stack([profile()]):
        assert one.source.kind == "emulated"
        assert "xeon = xeon-spr-8480" in one.source.detail
        assert "not verified by MLCommons" in one.source.detail
    assert "t4 = t4" in basis(["t4"])


def test_a_model_without_a_family_is_refused() -> None:
    """An own model needs a family to be emulated."""
    with pytest.raises(ProfileError, match="in no family"):
        for_stack([profile(model="mine")])
    assert len(for_stack([profile(model="mine")], ["gpu"], {"mine": "vision"})) == 1
