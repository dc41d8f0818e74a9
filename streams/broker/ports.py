"""Ports on loopback: a free one, and whether a broker answers on one."""

import socket
import struct
import time
from collections.abc import Callable
from typing import Final

_API_VERSIONS: Final = struct.pack(">hhih", 18, 0, 1, -1)
"""Api key, version, correlation id, no client id."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int, within_s: float, exited: Callable[[], int | None]) -> bool:
    """Wait until a broker answers on ``port``; False when it ``exited`` or the time is over."""
    until = time.monotonic() + within_s
    while time.monotonic() < until and exited() is None:
        if _asked(port):
            return True
        time.sleep(0.02)
    return False


def _asked(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5.0) as link:
            link.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
            return len(link.recv(4)) > 0
    except OSError:
        return False
