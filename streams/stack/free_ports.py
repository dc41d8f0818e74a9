"""Ports of this machine that nobody listens on."""

import random
import socket
from contextlib import ExitStack
from typing import Final

from streams.errors import StackError

_RANGE: Final = range(18_000, 32_000)
"""Below the ports that Linux gives to outgoing connections: one of those could take a port in the
moment between the end of a process and its next start."""


def free_ports(count: int) -> list[int]:
    """So many different free ports on loopback; all are held until the last is found.

    Raises:
        StackError: there are not so many.
    """
    found: list[int] = []
    with ExitStack() as held:
        for port in random.SystemRandom().sample(_RANGE, len(_RANGE)):
            if len(found) == count:
                return found
            if _bound(held.enter_context(socket.socket()), port):
                found.append(port)
    raise StackError(f"ports {_RANGE.start} to {_RANGE.stop}: found {len(found)} free of {count}")


def is_free(port: int) -> bool:
    """Whether nobody listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _bound(probe, port)


def _bound(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
