"""Durations as people write them: ``150ms``, ``2s``, ``1.5 min``."""

import re
from typing import Final

import click

_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_FORM: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)", re.ASCII)


class Duration(click.ParamType):
    """A duration above zero; its value is in seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds of ``value``; a number is seconds already."""
        if isinstance(value, int | float):
            return float(value)
        form = _FORM.fullmatch(str(value).strip())
        seconds = float(form[1]) * _UNITS.get(form[2], 0.0) if form else 0.0
        if seconds <= 0:
            allowed = "a number above 0 with us, ms, s, min or h, e.g. 150ms"
            self.fail(f"found {value!r}, allowed: {allowed}", param, ctx)
        return seconds


DURATION: Final = Duration()
