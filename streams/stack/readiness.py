"""Waiting until the processes of a stack answer."""

import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from streams.errors import StackError

Missing = Mapping[str, str]
"""Who does not answer yet, and what it says or why it cannot be asked."""

_REQUEST_S: Final = 2.0
_EVERY_S: Final = 0.1
_LONGEST: Final = 200


def reason(url: str) -> str:
    """Why ``url`` does not answer 200 now; empty: it does."""
    try:
        with urlopen(url, timeout=_REQUEST_S):  # noqa: S310 - our own loopback URLs
            return ""
    except HTTPError as error:
        with error:
            text = error.read(_LONGEST).decode(errors="replace").strip()
        return text or f"HTTP status {error.code}"
    except (URLError, OSError, HTTPException) as error:
        return f"no answer: {error}"


def wait(
    urls: Mapping[str, str],
    within_s: float,
    step: Callable[[Missing], None],
    probe: Callable[[str], str] = reason,
) -> None:
    """Wait until every URL (by name) answers; ``step`` is told often who is missing.

    Raises:
        StackError: names those that did not answer in time, and why.
    """
    until_s = time.monotonic() + within_s
    missing: Missing = dict.fromkeys(urls, "")
    while missing := {name: why for name in missing if (why := probe(urls[name]))}:
        step(missing)
        if time.monotonic() > until_s:
            told = "; ".join(f"{name} ({why})" for name, why in sorted(missing.items()))
            raise StackError(f"not ready within {within_s:g} s: {told}")
        time.sleep(_EVERY_S)
