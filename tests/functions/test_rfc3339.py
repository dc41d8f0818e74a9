"""RFC 3339 times."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import rfc3339
from functions.errors import MalformedEventError


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.000Z",
        "2026-01-31T12:00:00.000000000Z",
        "2026-01-31T14:00:00+02:00",
        "2026-01-31t12:00:00z",
        "2026-01-31T12:00:00-00:00",
    ],
)
def test_same_moment(text: str) -> None:
    """Every spelling that RFC 3339 allows is the same moment."""
    assert rfc3339.parse(text, "deadline") == 1_769_860_800.0


def test_fraction() -> None:
    """Fractions of a second are kept to the microsecond; finer digits are cut."""
    assert rfc3339.parse("2026-01-31T12:00:00.2500009Z", "t") == pytest.approx(1_769_860_800.25)
    assert rfc3339.parse("2026-01-31T12:00:00.1Z", "t") == pytest.approx(1_769_860_800.1)


def test_leap_second() -> None:
    """A leap second is the second after it."""
    assert rfc3339.parse("2016-12-31T23:59:60Z", "t") == 1_483_228_800.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "150 parsecs",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-13-31T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:00Z",
        "2026-W05-6T12:00:00Z",
        "20260131T120000Z",
        "1769860800",
        "2026-01-31T12:00:00+25:00",
        "2026-01-31T12:00:00Z trailing",
        "2026-01-31T12:00:00,5Z",
        "\u0662\u0660\u0662\u0666-01-31T12:00:00Z",
        "2026-01-31 12:00:00Z",
        "x" * 10_000,
    ],
)
def test_malformed(text: str) -> None:
    """What is no RFC 3339 time is refused: field, what was found (cut), what is allowed."""
    with pytest.raises(MalformedEventError) as caught:
        rfc3339.parse(text, "header ce_deadline")
    message = str(caught.value)
    assert message.startswith("header ce_deadline: found ")
    assert "allowed: an RFC 3339 time" in message
    assert len(message) < 250


@given(st.floats(0, 4e9))
def test_round_trip(posix_s: float) -> None:
    """What is rendered is read back to the microsecond."""
    assert rfc3339.parse(rfc3339.render(posix_s), "t") == pytest.approx(posix_s, abs=1e-6, rel=0)


@given(st.text(max_size=40))
def test_never_another_error(text: str) -> None:
    """Any text is a time or malformed, nothing else."""
    with contextlib.suppress(MalformedEventError):
        rfc3339.parse(text, "t")


def test_render() -> None:
    """UTC with microseconds and Z."""
    assert rfc3339.render(1_769_860_800.25) == "2026-01-31T12:00:00.250000Z"
