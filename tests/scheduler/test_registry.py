"""Policies by name."""

import pytest

from scheduler.errors import SchedulerError
from scheduler.registry import build, names
from tests.support.decisions import estimator


def test_names() -> None:
    """A policy of each kind is there, in order of name."""
    assert {"edf", "round-robin", "slo-mael", "kairos"} <= set(names())
    assert list(names()) == sorted(names())


def test_build() -> None:
    """A policy is made by its name, parameters as numbers or as text from the environment."""
    policy = build("edf", estimator({}), {"margin_s": "0.01", "lookahead": 5})
    assert policy.name == "edf"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"margin": 1}, "policy edf: parameter 'margin': unknown, allowed: margin_s, lookahead"),
        ({"margin_s": -1}, "parameter 'margin_s': found -1, allowed: seconds, from 0 to 60"),
        ({"margin_s": "much"}, "parameter 'margin_s': found 'much', allowed: seconds"),
        ({"margin_s": float("nan")}, "parameter 'margin_s': found nan, allowed: seconds"),
        ({"lookahead": 0}, "parameter 'lookahead': found 0, allowed: requests, from 1"),
        ({"lookahead": 1.5}, "parameter 'lookahead': found 1.5, allowed: requests"),
        ({"lease_quantile": 1}, "parameter 'lease_quantile': found 1, allowed: a share"),
    ],
)
def test_bad_parameter(parameters: dict[str, object], message: str) -> None:
    """A bad parameter is refused with its name, what was found and what is allowed."""
    with pytest.raises(SchedulerError) as caught:
        build("edf", estimator({}), parameters)
    assert message in str(caught.value)


def test_unknown_policy() -> None:
    """An unknown policy is refused with the names of those that exist."""
    with pytest.raises(SchedulerError, match="policy: found 'best', allowed: best-static, edf"):
        build("best", estimator({}))
