"""The table of topics as a cluster needs it.

It says the same as the table of the streams room, which this room may not know; a test holds them
equal.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from k8s.pools import PlannedPool
from k8s.schema import Deployment

HEADROOM_BYTES: Final = 64 * 1024
_TENANT: Final = ("requests", "results", "outcomes", "dlq")
_SYSTEM: Final = ("latency", "decisions", "capacity", "pools", "demand", "claims")
_PARTITIONED: Final = frozenset({"requests", "outcomes", "latency", "decisions"})
_PASSING: Final = frozenset({"capacity", "demand", "claims"})
"""What counts for seconds only."""
_DEFAULTS: Final[dict[str, Any]] = {
    "partitions": 4,
    "pool_partitions": 4,
    "retention_s": 86400.0,
    "max_request_bytes": 4 * 1024 * 1024,
}


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic and what the broker is told of it."""

    name: str
    partitions: int
    configuration: dict[str, str]


def table(deployment: Deployment, pools: Iterable[PlannedPool]) -> tuple[Topic, ...]:
    """Every topic of a deployment, those of its pools last."""
    prefix = deployment.topic_prefix
    names = [(f"{prefix}.{t}.{name}", name) for t in deployment.tenants for name in _TENANT]
    names += [(f"{prefix}.system.{name}", name) for name in _SYSTEM]
    names += [(pool.topic, "arch") for pool in pools]
    settings = _DEFAULTS | dict(deployment.settings)
    return tuple(_topic(full, name, settings) for full, name in names)


def _topic(full: str, name: str, settings: dict[str, Any]) -> Topic:
    counts = {"arch": int(settings["pool_partitions"]), **dict.fromkeys({"pools", *_PASSING}, 1)}
    extra = HEADROOM_BYTES if name in {"arch", "dlq", "results", "claims"} else 0
    retention_s = 3600.0 if name in _PASSING else float(settings["retention_s"])
    partitions = int(settings["partitions"]) if name in _PARTITIONED else counts.get(name, 4)
    return Topic(
        name=full,
        partitions=partitions,
        configuration={
            "cleanup.policy": "compact" if name == "pools" else "delete",
            "max.message.bytes": str(int(settings["max_request_bytes"]) + extra),
            "message.timestamp.type": "LogAppendTime",
            "retention.ms": str(int(retention_s * 1000)),
        },
    )
