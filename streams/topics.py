"""The one table of topics: names, partitions, retention and size limits."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from streams.errors import StreamsError
from streams.settings import Settings

HOW_TO_CREATE: Final = (
    "create the topics with: synergai topics create (synergai up does it by itself)"
)
HEADROOM_BYTES: Final = 64 * 1024
"""What placement headers and envelopes may add to a request."""
TENANT_TOPICS: Final = ("requests", "results", "outcomes", "dlq")
SYSTEM_TOPICS: Final = ("latency", "decisions", "capacity", "pools", "demand", "claims")
_PARTITIONED: Final = frozenset({"requests", "outcomes", "latency", "decisions"})
_PASSING: Final = frozenset({"capacity", "demand", "claims"})
"""What counts for seconds only."""
_SYSTEM: Final = "system"
_PREFIX: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic to be created, always with LogAppendTime."""

    name: str
    partitions: int
    retention_s: float
    max_bytes: int
    compacted: bool = False

    @property
    def configuration(self) -> dict[str, str]:
        """The broker's own words for it."""
        policy = "compact" if self.compacted else "delete"
        return {
            "message.timestamp.type": "LogAppendTime",
            "cleanup.policy": policy,
            "retention.ms": str(int(self.retention_s * 1000)),
            "max.message.bytes": str(self.max_bytes),
        }


class Topics:
    """Names under one prefix."""

    def __init__(self, settings: Settings) -> None:
        """Check the names of the settings.

        Raises:
            StreamsError: a prefix or tenant that cannot stand in a topic.
        """
        prefix = settings.topic_prefix
        if not _PREFIX.fullmatch(prefix):
            allowed = "letters, digits, dots, hyphens and underscores, at most 60"
            raise StreamsError(f"topic_prefix: found {prefix!r}, allowed: {allowed}")
        for tenant in settings.tenants:
            checked_name(tenant, "tenants")
            if tenant == _SYSTEM:
                raise StreamsError(f"tenants: found {tenant!r}, allowed: any other name")
        self._settings = settings
        self._prefix = settings.topic_prefix

    def tenant(self, tenant: str, name: str) -> str:
        """E.g. ``synergai.default.requests``."""
        return f"{self._prefix}.{tenant}.{name}"

    def system(self, name: str) -> str:
        """E.g. ``synergai.system.latency``."""
        return f"{self._prefix}.{_SYSTEM}.{name}"

    def pool(self, architecture: str, pool: str, generation: int = 1) -> str:
        """E.g. ``synergai.system.arch.jetson.edge-1.g1``; also its consumer group's name.

        Raises:
            StreamsError: a name that cannot stand in a topic.
        """
        for word in (architecture, pool):
            checked_name(word, "pool or architecture")
        return f"{self._prefix}.system.arch.{architecture}.{pool}.g{generation}"

    @property
    def group(self) -> str:
        """The consumer group of the app's workers."""
        return f"{self._prefix}.app"

    @property
    def requests(self) -> dict[str, str]:
        """Requests topic to tenant."""
        return {self.tenant(name, "requests"): name for name in self._settings.tenants}

    def table(self) -> tuple[Topic, ...]:
        """All topics of the settings but those of pools."""
        tenants = self._settings.tenants
        names = [(self.tenant(t, name), name) for t in tenants for name in TENANT_TOPICS]
        names += [(self.system(name), name) for name in SYSTEM_TOPICS]
        return tuple(self._row(full, name) for full, name in names)

    def pool_row(self, name: str) -> Topic:
        """The row of one pool's topic."""
        return self._row(name, "arch")

    def _row(self, full: str, name: str) -> Topic:
        settings = self._settings
        single = dict.fromkeys(("capacity", "pools", "demand", "claims"), 1)
        counts = {"arch": settings.pool_partitions, **single}
        count = settings.partitions if name in _PARTITIONED else counts.get(name, 4)
        extra = HEADROOM_BYTES if name in {"arch", "dlq", "results", "claims"} else 0
        return Topic(
            name=full,
            partitions=count,
            retention_s=3600.0 if name in _PASSING else settings.retention_s,
            max_bytes=settings.max_request_bytes + extra,
            compacted=name == "pools",
        )


def checked_name(word: str, place: str) -> str:
    """``word`` if it can stand in a topic's name.

    Raises:
        StreamsError: names the place, what was found and what is allowed.
    """
    if not _NAME.fullmatch(word):
        allowed = "lower-case letters, digits and inner hyphens, at most 63"
        raise StreamsError(f"{place}: found {word!r}, allowed: {allowed}")
    return word


def missing(table: Iterable[Topic], present: Iterable[str]) -> list[Topic]:
    """The rows that are not there yet."""
    there = set(present)
    return [row for row in table if row.name not in there]
