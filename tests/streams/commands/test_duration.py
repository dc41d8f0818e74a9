"""Durations on the command line."""

import click
import pytest

from streams.commands.duration import DURATION


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("150ms", 0.15),
        ("2s", 2.0),
        ("1.5 min", 90.0),
        ("3m", 180.0),
        ("500 us", 0.0005),
        (" 1h ", 3600.0),
    ],
)
def test_read(text: str, seconds: float) -> None:
    """A number and its unit."""
    assert DURATION.convert(text, None, None) == pytest.approx(seconds)


def test_number() -> None:
    """A number is seconds already."""
    assert DURATION.convert(2, None, None) == 2.0


@pytest.mark.parametrize(
    "text", ["", "150", "150 parsecs", "-1s", "0ms", "s", "1e3s", "1,5s", "inf s"]
)
def test_refused(text: str) -> None:
    """Anything else is refused with what was found and what is allowed."""
    with pytest.raises(click.BadParameter) as caught:
        DURATION.convert(text, None, None)
    assert caught.value.message.startswith(f"found {text!r}, allowed: a number above 0")
