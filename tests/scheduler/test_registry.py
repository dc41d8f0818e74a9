"""Policies by name."""

import msgspec
import pytest

from scheduler.errors import SchedulerError
from scheduler.registry import build, load, names, parse, spelled, split, variant
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
    with pytest.raises(
        SchedulerError, match="policy: found 'best', allowed: alpaserve, best-static"
    ):
        build("best", estimator({}))


def test_parse() -> None:
    """A variant is a name with parameters behind a colon, blanks aside."""
    assert parse("edf") == ("edf", {})
    assert parse(" slo-mael:doomed=last, window = 5 ") == (
        "slo-mael",
        {"doomed": "last", "window": "5"},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("best:doomed=last", "policy: found 'best', allowed: alpaserve"),
        ("", "policy: found '', allowed: alpaserve"),
        ("slo-mael:doomed", "policy slo-mael: parameters: found 'doomed', allowed: name=value"),
        ("slo-mael:=last", "found '=last', allowed: name=value, each name once"),
        ("slo-mael:window=", "found 'window=', allowed: name=value, each name once"),
        ("slo-mael:window=2,window=3", "found 'window=3', allowed: name=value, each name once"),
    ],
)
def test_bad_variant(text: str, message: str) -> None:
    """A variant that cannot be read is refused with what was found and what is allowed."""
    with pytest.raises(SchedulerError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_split() -> None:
    """In a list of variants a part with an equals sign belongs to the policy before it."""
    assert split("edf,slo-mael:doomed=last,window=5,kairos:doomed=last,kairos,") == [
        "edf",
        "slo-mael:doomed=last,window=5",
        "kairos:doomed=last",
        "kairos",
    ]
    assert split("window=5") == ["window=5"]


@pytest.mark.parametrize("name", names())
def test_parameters_explain_themselves(name: str) -> None:
    """Each policy has a source in its docstring; each parameter a default and what is allowed."""
    policy, parameters = load(name)
    assert "Source:" in (policy.__doc__ or "")
    assert policy.name == name
    for field in msgspec.structs.fields(parameters):
        assert field.default is not msgspec.NODEFAULT
        assert any(meta.description for meta in field.type.__metadata__)


def test_variant() -> None:
    """A variant is made from its text and from parameters beside it."""
    assert variant("slo-mael:doomed=last", estimator({}), {"window": 3}).name == "slo-mael"
    with pytest.raises(SchedulerError) as caught:
        variant("slo-mael:window=2", estimator({}), {"window": 3})
    assert "parameter 'window': found twice" in str(caught.value)


def test_spelled() -> None:
    """What is spelled is read as the same name and parameters."""
    text = spelled("slo-mael", {"window": 3, "reset_sum": True, "margin_s": 0.01})
    assert text == "slo-mael:window=3,reset_sum=true,margin_s=0.01"
    assert variant(text, estimator({})).name == "slo-mael"
    assert spelled("edf", {}) == "edf"
