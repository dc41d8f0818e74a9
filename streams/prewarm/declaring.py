"""Declares the pools of a cluster in the pools topic: only what changed, only what is its own."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aiokafka.errors import KafkaError

from functions.cloudevents import from_kafka
from functions.errors import MalformedEventError
from k8s.errors import ClusterError
from k8s.prewarm.types import Declared
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.declare import latest, record, removal, send

_STEADY: Final = 0.1
"""A cold start that changed by less than this share is not told anew."""


class KafkaDeclarer:
    """Implements `k8s.prewarm.ports.Declarer`.

    Several clusters may feed one scheduler: what another declared is left alone.
    """

    def __init__(self, bootstrap: str, settings: Settings, source: str) -> None:
        """``source``: by which this cluster's declarations are known, as ``/synergai/k8s/a/b``."""
        self._bootstrap = bootstrap
        self._topic = Topics(settings).system("pools")
        self._source = source
        self._told: dict[str, Pool] | None = None

    async def declare(self, pools: Sequence[Declared]) -> None:
        """Make these the declared pools of this cluster.

        Raises:
            ClusterError: the broker does not take it now.
        """
        wanted = {pool.name: declared(pool) for pool in pools}
        try:
            if self._told is None:
                self._told = await self._known()
            gone = sorted(self._told.keys() - wanted.keys())
            changed = [pool for name, pool in wanted.items() if news(self._told.get(name), pool)]
            if gone or changed:
                records = [*map(removal, gone), *(record(pool, self._source) for pool in changed)]
                await send(self._bootstrap, self._topic, records)
        except KafkaError as error:
            self._told = None  # another may have led meanwhile: read anew
            raise ClusterError(f"topic {self._topic}: {error!r}") from None
        kept = {name: pool for name, pool in self._told.items() if name in wanted}
        self._told = kept | {pool.name: pool for pool in changed}

    async def _known(self) -> dict[str, Pool]:
        """What this cluster declared in an earlier life."""
        last = await latest(self._bootstrap, self._topic)
        own = (_read(each, self._source) for each in last.values() if each.value)
        return {pool.name: pool for pool in own if pool is not None}


def declared(pool: Declared) -> Pool:
    """In the words of the streams room."""
    return Pool(
        name=pool.name,
        architecture=pool.architecture,
        configuration=pool.configuration,
        models=pool.models,
        topic=pool.topic,
        generation=pool.generation,
        slots=pool.slots,
        cold_start_s=round(pool.cold_start_s, 3),
        wakeable=pool.wakeable,
        state=pool.state,
    )


def news(before: Pool | None, pool: Pool) -> bool:
    """Whether the pool must be declared anew."""
    if before is None:
        return True
    changed_s = abs(before.cold_start_s - pool.cold_start_s)
    same = msgspec.structs.replace(before, cold_start_s=pool.cold_start_s)
    return same != pool or changed_s > _STEADY * max(before.cold_start_s, 0.1)


def _read(found: Any, source: str) -> Pool | None:
    try:
        event = from_kafka(found.headers, found.value)
        return msgspec.json.decode(event.data, type=Pool) if event.source == source else None
    except (MalformedEventError, msgspec.DecodeError, UnicodeDecodeError):
        return None
