"""Whether anyone listens where the client is told to connect."""

import re
import socket
from typing import Final

from streams.errors import BrokerError, StreamsError

_ADDRESSES: Final = re.compile(r"[^\s,]+:[0-9]{1,5}(,[^\s,]+:[0-9]{1,5})*", re.ASCII)


def check(bootstrap: str, within_s: float) -> None:
    """Connect to one of the addresses and hang up.

    kafka-python would go on trying, and leave sockets open when it gives up.

    Raises:
        StreamsError: ``bootstrap`` is no list of addresses.
        BrokerError: nobody listens at any of them.
    """
    if not _ADDRESSES.fullmatch(bootstrap):
        raise StreamsError(f"bootstrap: found {bootstrap!r}, allowed: host:port, comma separated")
    why = ""
    for address in bootstrap.split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), within_s).close()
        except (OSError, OverflowError) as error:
            why = str(error)
        else:
            return
    raise unreachable(bootstrap, why)


def unreachable(bootstrap: str, why: str) -> BrokerError:
    """What to tell a person about a broker that is away."""
    return BrokerError(f"broker {bootstrap} cannot be used: {why}; is it running there?")
