"""The audit of a deployment: reads what the broker has, one partition number after the other."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from streams.audit.auditor import Auditor
from streams.audit.fetching import Span
from streams.audit.places import Places, places
from streams.audit.reading import Reading
from streams.audit.schema import Report
from streams.audit.snapshot import Snapshot, take
from streams.ports import Record
from streams.requests import Reader
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.admin import present_topics

SETTLE_S: Final = 10.0
_AGAIN_S: Final = 1.0


def run(
    bootstrap: str,
    settings: Settings | None = None,
    *,
    since_s: float | None = None,
    wait_s: float = 0.0,
    settle_s: float = SETTLE_S,
) -> Report:
    """`examine` for callers without an event loop."""
    return asyncio.run(
        examine(bootstrap, settings, since_s=since_s, wait_s=wait_s, settle_s=settle_s)
    )


async def examine(
    bootstrap: str,
    settings: Settings | None = None,
    *,
    since_s: float | None = None,
    wait_s: float = 0.0,
    settle_s: float = SETTLE_S,
) -> Report:
    """Audit every tenant under the prefix of ``settings`` from the beginning, or from a time on.

    Requests that are still open are waited for up to ``wait_s`` seconds; one that has no outcome
    ``settle_s`` after its expiry is a finding. Settings must be those of the app: they say when a
    request without an expiry expires.

    Raises:
        BrokerError: the broker is away.
        StreamsError: there are no topics under the prefix.
    """
    given = settings or Settings()
    until_s = time.monotonic() + wait_s
    while True:
        with _no_cycles():
            report = await _once(bootstrap, given, time.time(), since_s, settle_s)
        pause_s = max(_AGAIN_S, report.seconds)
        if not report.open or time.monotonic() + pause_s > until_s:
            return report
        await asyncio.sleep(pause_s)


async def _once(
    bootstrap: str, settings: Settings, now_s: float, since_s: float | None, settle_s: float
) -> Report:
    begun_s = time.monotonic()
    present = await present_topics(bootstrap)
    where = places(settings, present)
    async with Reading.open(bootstrap) as reading:
        await reading.know({topic: present[topic] for topic in where.topics if topic in present})
        snapshot = await take(
            reading, where, settings, now_s=now_s, since_s=since_s, settle_s=settle_s
        )
        report = await _audit(reading, where, snapshot, settings)
    report.records = reading.records
    report.seconds = time.monotonic() - begun_s
    return report


async def _audit(reading: Reading, where: Places, snapshot: Snapshot, settings: Settings) -> Report:
    auditor = Auditor(where, snapshot.window, Reader(settings, Topics(settings)))
    await _show(reading, _spans(snapshot, where.results), auditor.answers.take)
    await _show(reading, _spans(snapshot, where.letters), auditor.letters.take)
    for number in _numbers(snapshot, where):
        gathering = auditor.begin(number)
        await _show(reading, _spans(snapshot, where.outcomes, number), gathering.outcomes)
        await _show(reading, _spans(snapshot, [where.decisions], number), gathering.decisions)
        await _show(reading, _spans(snapshot, [where.latency], number), gathering.feedback)
        for topic, tenant in where.requests.items():
            show = partial(gathering.requests, tenant)
            await _show(reading, _spans(snapshot, [topic], number), show)
        auditor.close(gathering)
    return auditor.report()


async def _show(
    reading: Reading, spans: Iterable[Span], show: Callable[[list[Record]], None]
) -> None:
    for span in spans:
        async for records in reading.read(span):
            show(records)


def _numbers(snapshot: Snapshot, where: Places) -> list[int]:
    topics = [*where.requests, *where.outcomes, where.decisions, where.latency]
    return sorted({span.partition for span in _spans(snapshot, topics)})


def _spans(snapshot: Snapshot, topics: Iterable[str], number: int | None = None) -> Iterator[Span]:
    for topic in topics:
        for span in snapshot.spans.get(topic, ()):
            if number is None or span.partition == number:
                yield span


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Millions of small objects without cycles: looking for some would take most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
