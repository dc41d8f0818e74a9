"""Pools, instances and recent outcomes, from what their topics say. No I/O."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from functions.cloudevents import from_kafka
from functions.errors import MalformedEventError
from functions.schema import Capacity
from streams.ports import Record
from streams.schema import Outcome, Pool

KINDS: Final = ("met", "late", "expired", "rejected", "failed")
_LARGEST_SKEW_S: Final = 30.0
_T = TypeVar("_T")


class PoolRow(msgspec.Struct, frozen=True, kw_only=True):
    """One pool now; ``outcomes`` counts the recent ones by kind."""

    pool: str
    architecture: str
    configuration: str
    state: str
    instances: int
    slots: int
    running: int
    queued: int
    outcomes: Mapping[str, int]
    emulated: bool


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything ``status`` shows; ``nowhere`` counts outcomes of requests that ran in no pool."""

    pools: tuple[PoolRow, ...]
    nowhere: Mapping[str, int]


def brokers_now_s(records: Iterable[Record], local_s: float) -> float:
    """The broker's clock as the newest record tells it; our own where that is long ago."""
    newest_s = max((record.append_s for record in records), default=local_s)
    return newest_s if abs(newest_s - local_s) < _LARGEST_SKEW_S else local_s


def overview(
    pools: Iterable[Record],
    capacity: Iterable[Record],
    outcomes: Iterable[Record],
    now_s: float,
    silent_after_s: float,
) -> Overview:
    """From the last records of three topics; an instance not heard of for so long is left out."""
    declared = _declared(pools)
    alive = _alive(capacity, now_s - silent_after_s)
    ended = [outcome for record in outcomes if (outcome := _decoded(record, Outcome))]
    counts = Counter((outcome.pool, str(outcome.kind)) for outcome in ended)
    names = sorted(set(declared) | {instance.pool for instance in alive})
    rows = tuple(
        _row(name, declared.get(name), [each for each in alive if each.pool == name], counts)
        for name in names
    )
    elsewhere = Counter(str(outcome.kind) for outcome in ended if outcome.pool not in names)
    return Overview(pools=rows, nowhere=dict(elsewhere))


def _declared(records: Iterable[Record]) -> dict[str, Pool]:
    last = {(record.key or b"").decode(errors="replace"): record for record in records}
    found = ((name, _decoded(record, Pool)) for name, record in last.items() if record.value)
    return {name: pool for name, pool in found if pool}


def _alive(records: Iterable[Record], since_s: float) -> list[Capacity]:
    last = {record.key: record for record in records if record.append_s >= since_s}
    found = (_decoded(record, Capacity) for record in last.values())
    return [capacity for capacity in found if capacity]


def _row(
    name: str, pool: Pool | None, alive: list[Capacity], counts: Counter[tuple[str, str]]
) -> PoolRow:
    described = pool or alive[0]
    states = Counter(str(each.state) for each in alive)
    told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return PoolRow(
        pool=name,
        architecture=described.architecture,
        configuration=described.configuration,
        state=told or (pool.state if pool else ""),
        instances=len(alive),
        slots=sum(each.slots for each in alive),
        running=sum(len(each.running) for each in alive),
        queued=sum(len(each.queued) for each in alive),
        outcomes={kind: counts[name, kind] for kind in KINDS},
        emulated=described.emulated,
    )


def _decoded(record: Record, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(from_kafka(record.headers, record.value).data, type=kind)
    except (MalformedEventError, msgspec.DecodeError, UnicodeDecodeError):
        return None
