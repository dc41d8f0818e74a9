"""What an estimate rests on when there is no observation."""

import pytest

from profiles.schema import Configuration, Profile
from scheduler.prior import Priors
from tests.support.decisions import CONFIGURATION, profile

THREADED = Configuration(engine="onnxruntime", threads=4)
KEY = CONFIGURATION.key


def priors(*profiles: Profile) -> Priors:
    """Priors with a floor of 1 ms and 2 s for the unknown."""
    return Priors(profiles, floor_s=0.001, unknown_s=2.0)


def test_profile_itself() -> None:
    """The median is the profile's, and the spread reproduces its tail."""
    found = priors(profile("net", "gpu", 0.1, spread=1.2)).find("net", "gpu", KEY)
    assert (found.median_s(), found.basis) == (0.1, "profile")
    assert found.sigma == pytest.approx(0.157, abs=0.001)


def test_other_configuration() -> None:
    """Without the configuration, the architecture's other ones count, by their median."""
    known = priors(
        profile("net", "gpu", 0.1, configuration=THREADED),
        profile("net", "gpu", 0.4, configuration=Configuration(engine="litert")),
    )
    found = known.find("net", "gpu", KEY)
    assert found.median_s() == pytest.approx(0.2)
    assert found.basis == "other configuration"
    assert found.sigma == pytest.approx(0.693, abs=0.001)


def test_other_architecture_scaled() -> None:
    """Without the architecture, another one's time is scaled by what both know in common."""
    known = priors(
        profile("net", "gpu", 0.1), profile("text", "gpu", 0.02), profile("text", "cpu", 0.06)
    )
    found = known.find("net", "cpu", KEY)
    assert found.median_s() == pytest.approx(0.3)
    assert found.basis == "other architecture"


def test_other_architecture_unscaled() -> None:
    """Architectures without a common model are taken as equally fast."""
    found = priors(profile("net", "gpu", 0.1)).find("net", "cpu", KEY)
    assert found.median_s() == pytest.approx(0.1)


def test_unknown_model() -> None:
    """A model without any profile takes the default, with the widest spread."""
    found = priors(profile("net", "gpu", 0.1)).find("other", "gpu", KEY)
    assert found.median_s() == pytest.approx(2.0)
    assert (found.basis, found.sigma) == ("unknown", 1.0)


def test_floor() -> None:
    """Nothing is believed to be faster than the floor, not even a profile of zero."""
    assert priors(profile("net", "gpu", 0.0)).find("net", "gpu", KEY).median_s() == 0.001


@pytest.mark.parametrize(("batch", "seconds"), [(1, 0.1), (2, 0.3), (4, 0.3), (8, 0.6)])
def test_batches(batch: int, seconds: float) -> None:
    """A batch costs what the nearest larger measured one does; past the largest in proportion."""
    found = priors(profile("net", "gpu", 0, batches={1: 0.1, 4: 0.3})).find("net", "gpu", KEY)
    assert found.median_s(batch) == pytest.approx(seconds)
