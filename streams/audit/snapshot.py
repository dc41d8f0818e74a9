"""From where to where the topics are read: the ends are taken effects first, causes last."""

import asyncio
from typing import Final, NamedTuple

from streams.audit.fetching import Span
from streams.audit.places import Places
from streams.audit.reading import Reading
from streams.audit.window import Window
from streams.settings import Settings

_MARKERS_S: Final = 0.25
"""A transaction's end is seen in its partitions one after the other, within this."""
_OPEN_S: Final = 25.0
"""A killed worker's transaction is given up within this: its timeout, and the broker's interval."""
_Ends = dict[tuple[str, int], int]


class Snapshot(NamedTuple):
    """The spans that are read, by topic, and what they allow to judge."""

    spans: dict[str, list[Span]]
    window: Window


async def take(
    reading: Reading, places: Places, settings: Settings, *, now_s: float, since_s: float | None,
    settle_s: float,
) -> Snapshot:  # fmt: skip
    """The present state of the topics."""
    acknowledged = await reading.acknowledged(places.group, places.requests)
    settled = await reading.ends(places.outcomes)
    await asyncio.sleep(_MARKERS_S)
    ends = await reading.ends([places.latency])
    await reading.passed([*places.results, *places.letters], _OPEN_S)
    ends |= await reading.ends([*places.results, *places.letters, places.decisions])
    await asyncio.sleep(_MARKERS_S)
    ends |= await reading.ends(places.outcomes)
    ends |= await reading.ends(places.requests)
    starts = await reading.starts(ends, None)
    cut = {place: start for place, start in starts.items() if start > 0}
    purged = {place: cut.pop(place) for place in [*cut] if place[0] in places.letters}
    known_s = [] if since_s is None else [since_s]
    known_s += await _first_s(reading, cut, ends, now_s - settings.retention_s)
    if known_s:
        later = [place for place in ends if place[0] not in places.outcomes]
        starts |= await reading.starts(later, max(known_s))
        early_s = max(known_s) - settings.dedupe_horizon_s
        earlier = [place for place in ends if place[0] in places.outcomes]
        starts |= await reading.starts(earlier, early_s)
    window = Window(
        now_s=now_s,
        since_s=max(known_s, default=float("-inf")),
        starts={place: start for place, start in starts.items() if place[0] in places.requests},
        settled=settled,
        acknowledged=acknowledged,
        settle_s=settle_s,
        horizon_s=settings.dedupe_horizon_s,
        replies=frozenset(places.results),
        letters_from_s=max(await _first_s(reading, purged, ends, now_s), default=float("-inf")),
    )
    return Snapshot(_by_topic(starts, ends), window)


async def _first_s(reading: Reading, starts: _Ends, ends: _Ends, otherwise_s: float) -> list[float]:
    """When the first record that is left of each partition was appended."""
    found = []
    for (topic, number), start in starts.items():
        end = ends[topic, number]
        first_s = otherwise_s
        async for records in reading.read(Span(topic, number, start, end)):
            if records:
                first_s = records[0].append_s
                break
        found.append(first_s)
    return found


def _by_topic(starts: _Ends, ends: _Ends) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for (topic, number), end in sorted(ends.items()):
        spans.setdefault(topic, []).append(Span(topic, number, starts[topic, number], end))
    return spans
