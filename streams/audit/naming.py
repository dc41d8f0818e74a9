"""Which request a record is: quickly where its headers and its outcome agree, else as the app."""

from functools import lru_cache

from streams.audit.schema import Asked
from streams.identity import Position, quoted
from streams.ports import Record
from streams.requests import Accepted, Reader


def by_headers(tenant: str, record: Record) -> str:
    """The identity that binary headers alone give; right where an outcome says the same."""
    request_id = source = redrive = ""
    for name, raw in record.headers:
        if name == "ce_id":
            request_id = (raw or b"").decode(errors="replace")
        elif name == "ce_source":
            source = (raw or b"").decode(errors="replace")
        elif name == "ce_redrive":
            redrive = (raw or b"").decode(errors="replace")
    number = int(redrive) if redrive.isdecimal() else 0
    return f"{_beginning(tenant, source)}/{quoted(request_id)}/{number}/{record.partition}"


@lru_cache(maxsize=1024)
def _beginning(tenant: str, source: str) -> str:
    """Of an identity: producers are few."""
    return f"{quoted(tenant)}/{quoted(source)}"


def by_position(record: Record) -> str:
    """The identity of a request without a usable one."""
    return Position(topic=record.topic, partition=record.partition, offset=record.offset).encode()


class Namer:
    """Names requests as the app does."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def name(self, tenant: str, record: Record, concluded: str) -> tuple[str, Asked]:
        """The identity of ``record``; ``concluded`` is the one that its outcome has, if any."""
        if concluded and (
            concluded == by_headers(tenant, record) or concluded == by_position(record)
        ):
            return concluded, Asked(record.topic, record.offset, record.append_s)
        found = self._reader.read(tenant, record)
        expiry_s = found.expiry_s if isinstance(found, Accepted) else record.append_s
        return found.envelope.identity, Asked(
            record.topic, record.offset, record.append_s, expiry_s
        )
