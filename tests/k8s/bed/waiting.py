"""Until something is so, without a say in what a test finds."""

import contextlib
import time
from collections.abc import Callable
from typing import TypeVar

import httpx

from tests.k8s.bed.rest import RefusedError

Found = TypeVar("Found")


def until(found: Callable[[], Found], what: str, within_s: float = 60.0) -> Found:
    """What ``found`` answers first that counts; an API server that is away is asked again."""
    until_s = time.monotonic() + within_s
    while True:
        with contextlib.suppress(httpx.TransportError):
            if answer := found():
                return answer
        assert time.monotonic() < until_s, f"not within {within_s} s: {what}"
        time.sleep(0.1)


def attempt(act: Callable[[], object]) -> bool:
    """Do it; False: the API server is away or refuses, the next look may do it again."""
    try:
        act()
    except (httpx.TransportError, RefusedError):
        return False
    return True
