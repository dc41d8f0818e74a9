"""Waiting until the processes of a stack answer."""

import time
from collections.abc import Callable, Mapping
from urllib.error import URLError
from urllib.request import urlopen

from streams.errors import StreamsError

_REQUEST_S = 2.0


def answers(url: str) -> bool:
    """Whether ``url`` answers 200 now."""
    try:
        with urlopen(url, timeout=_REQUEST_S) as response:  # noqa: S310 - our own loopback URLs
            return bool(response.status == 200)  # noqa: PLR2004
    except (URLError, OSError):
        return False


def wait(
    urls: Mapping[str, str],
    within_s: float,
    step: Callable[[set[str]], None],
    probe: Callable[[str], bool] = answers,
) -> None:
    """Wait until every URL (by name) answers; ``step`` is told often who is missing.

    Raises:
        StreamsError: names those that did not answer in time.
    """
    until = time.monotonic() + within_s
    missing = set(urls)
    while missing := {name for name in missing if not probe(urls[name])}:
        if time.monotonic() > until:
            names = ", ".join(sorted(missing))
            raise StreamsError(f"not ready within {within_s:g} s: {names}; see their logs")
        step(missing)
        time.sleep(0.1)
