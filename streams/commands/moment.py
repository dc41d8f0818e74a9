"""Moments as people write them: an RFC 3339 time, or how long ago."""

import re
import time
from typing import Final

import click

from functions.errors import MalformedEventError
from functions.rfc3339 import parse
from streams.commands.duration import DURATION

_AGO: Final = re.compile(r"(.+?)\s*(?:ago)?", re.ASCII)


class Moment(click.ParamType):
    """A moment; its value is in POSIX seconds."""

    name = "moment"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """POSIX seconds of ``value``."""
        text = str(value).strip()
        try:
            return parse(text, "")
        except MalformedEventError:
            pass
        try:
            form = _AGO.fullmatch(text)
            return time.time() - DURATION.convert(form[1] if form else text, param, ctx)
        except click.BadParameter:
            allowed = "a time, e.g. 2026-01-31T12:00:00Z, or so long ago, e.g. 10min"
            self.fail(f"found {value!r}, allowed: {allowed}", param, ctx)


MOMENT: Final = Moment()
