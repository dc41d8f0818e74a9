"""Identity of a request: what makes a repeat a repeat. Others treat the string as opaque."""

import re
from hashlib import blake2b
from urllib.parse import quote, unquote

import msgspec

LONGEST = 512
"""Characters of an id, a source or a model that can name something; percent-encoded and repeated
in headers they must stay far below what a placement may add to a request."""
_SEGMENTS = 5
_DIGEST_BYTES = 16
_PLAIN = re.compile(r"[A-Za-z0-9._~-]*", re.ASCII)
"""What needs no quoting; looking is five times faster than quoting."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A producer's own name for a request. The same id in two partitions is two requests."""

    tenant: str
    source: str
    id: str
    redrive: int = 0
    partition: int

    def encode(self) -> str:
        """``tenant/source/id/redrive/partition``, each part percent-encoded."""
        named = "/".join([quoted(self.tenant), quoted(self.source), quoted(self.id)])
        return f"{named}/{self.redrive}/{self.partition}"


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request stands, for one without a usable id; repeats cannot be recognised."""

    topic: str
    partition: int
    offset: int

    def encode(self) -> str:
        """``topic/partition/offset``, the topic percent-encoded."""
        return f"{quoted(self.topic)}/{self.partition}/{self.offset}"


def digest(identity: str) -> bytes:
    """What is kept of the text of an identity, which may be long, to know it again."""
    return blake2b(identity.encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES).digest()


def usable(request_id: str) -> bool:
    """Whether an event's id can name it."""
    return len(request_id) <= LONGEST and bool(request_id.strip())


def decode(text: str) -> Identity | Position:
    """The inverse of both ``encode``.

    Raises:
        ValueError: not the text of an identity.
    """
    parts = text.split("/")
    if len(parts) == _SEGMENTS:
        tenant, source, name = (_unquoted(part) for part in parts[:3])
        redrive, partition = int(parts[3]), int(parts[4])
        return Identity(tenant=tenant, source=source, id=name, redrive=redrive, partition=partition)
    topic, partition_text, offset = parts
    return Position(topic=_unquoted(topic), partition=int(partition_text), offset=int(offset))


def quoted(text: str) -> str:
    """``text`` as it stands between the slashes of an identity."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe="", errors="surrogatepass")


def _unquoted(text: str) -> str:
    return unquote(text, errors="surrogatepass")
