"""``synergai record``: from topics to a file."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from functions.cloudevents import from_kafka
from functions.errors import MalformedEventError
from functions.rfc3339 import render
from streams.ports import Record
from streams.replay.capture import Offsets, Reader, reader
from streams.replay.described import described, ended
from streams.replay.files import Writer, named
from streams.replay.merge import Place
from streams.replay.schema import Ended, Header
from streams.schema import Outcome

_EVERY_S: Final = 0.25
_SLACK_S: Final = 1.0
"""An outcome is not looked for before the requests, but for clocks that were set back a little."""
_Seen = dict[tuple[str, int, int], Ended]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be recorded; moments in POSIX seconds on the broker's clock."""

    topics: Mapping[str, str]
    """Topic of requests to topic of its outcomes."""
    tenants: Mapping[str, str]
    """Topic of requests to tenant."""
    since_s: float | None = None
    """None: as far back as the broker holds."""
    until_s: float | None = None
    """None: what is there now. One that is to come is waited for."""
    most: int | None = None
    """None: all; with ``until_s`` to come the wait ends when so many are there."""
    payloads: bool = True
    outcomes: bool = False
    outcomes_within_s: float = 5.0
    """How long outcomes of requests under way are waited for."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    requests: int
    outcomes: int
    first_s: float | None
    last_s: float | None


async def record(bootstrap: str, wanted: Wanted, path: Path, stop: asyncio.Event) -> Recorded:
    """Write ``path``; ``stop`` ends the wait for requests to come, not the writing.

    Raises:
        StreamsError: the name of the file, or the file cannot be written.
        BrokerError: the broker is away or a topic is missing.
    """
    named(path)
    async with reader(bootstrap, list(wanted.topics)) as requests:
        writer = Writer(path, _header(wanted, requests))
        try:
            since, until = await _bounds(requests, wanted, stop)
            seen = await _outcomes(bootstrap, wanted, since, until) if wanted.outcomes else {}
            found = await _written(requests, wanted, since, until, writer, seen)
            writer.keep()
        except BaseException:
            writer.drop()
            raise
    return found


def _header(wanted: Wanted, requests: Reader) -> Header:
    return Header(
        created=render(time.time()),
        topics=dict(wanted.tenants),
        partitions=dict(requests.counts),
        payloads=wanted.payloads,
        outcomes=wanted.outcomes,
    )


async def _bounds(requests: Reader, wanted: Wanted, stop: asyncio.Event) -> tuple[Offsets, Offsets]:
    first = await requests.first() if wanted.since_s is None else None
    since = first if first is not None else await requests.at(wanted.since_s or 0.0)
    until_s = wanted.until_s
    if until_s is not None and until_s <= time.time():
        return since, await requests.at(until_s)
    while until_s is not None and time.time() < until_s and not stop.is_set():
        if wanted.most is not None:
            end = await requests.end()
            if sum(end[place] - since[place] for place in end) >= wanted.most:
                break
        await asyncio.sleep(min(_EVERY_S, max(0.0, until_s - time.time())))
    return since, await requests.end()


async def _written(
    requests: Reader,
    wanted: Wanted,
    since: Offsets,
    until: Offsets,
    writer: Writer,
    seen: _Seen,
) -> Recorded:
    begun_s = last_s = None
    found = 0
    async for each in requests.between(since, until):
        if writer.count == wanted.most:
            break
        begun_s = each.append_s if begun_s is None else begun_s
        last_s = each.append_s
        tenant = wanted.tenants[each.topic]
        entry = described(each, tenant, begun_s, payload=wanted.payloads)
        outcome = seen.get((each.topic, each.partition, each.offset))
        found += outcome is not None
        writer.write(msgspec.structs.replace(entry, outcome=outcome) if outcome else entry)
    return Recorded(requests=writer.count, outcomes=found, first_s=begun_s, last_s=last_s)


async def _outcomes(bootstrap: str, wanted: Wanted, since: Offsets, until: Offsets) -> _Seen:
    """Those of the requests between, read until all are there or the time is over."""
    asked = sum(until[place] - since[place] for place in since)
    seen: _Seen = {}
    over_s = time.monotonic() + wanted.outcomes_within_s
    async with reader(bootstrap, sorted(set(wanted.topics.values()))) as outcomes:
        begin_s = wanted.since_s
        read = await (outcomes.first() if begin_s is None else outcomes.at(begin_s - _SLACK_S))
        while True:
            end = await outcomes.end()
            async for each in outcomes.between(read, end):
                _take(each, since, until, seen)
            read = end
            if len(seen) >= asked or time.monotonic() >= over_s:
                return seen
            await asyncio.sleep(_EVERY_S)


def _take(record: Record, since: Offsets, until: Offsets, seen: _Seen) -> None:
    try:
        event = from_kafka(record.headers, record.value)
        outcome = msgspec.json.decode(event.data, type=Outcome)
    except (MalformedEventError, msgspec.DecodeError, UnicodeDecodeError):
        return
    place = Place(outcome.request_topic, outcome.request_partition)
    if place in since and since[place] <= outcome.request_offset < until[place]:
        seen.setdefault((*place, outcome.request_offset), ended(outcome))
