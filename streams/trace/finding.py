"""Finds everything the topics hold of a request, by its id, its identity or its position."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from functions.schema import Capacity, Feedback
from streams.audit.answers import read_result
from streams.audit.fetching import Span
from streams.audit.places import Places, places
from streams.audit.reading import Reading
from streams.audit.schema import Place
from streams.core import deadletter
from streams.identity import Identity, decode
from streams.ports import Record
from streams.requests import Reader
from streams.schema import Decision, Outcome
from streams.settings import Settings
from streams.topics import Topics
from streams.trace.story import Asked, Seen, Sent, Story
from streams.worker.admin import present_topics

_T = TypeVar("_T")
_PLAIN: Final = re.compile(r"[A-Za-z0-9 ._~/:%+=@-]+", re.ASCII)
"""Written in JSON and in headers alike."""


class Wanted(NamedTuple):
    """Which request, as a person names it; None and empty: any."""

    name: str
    """A request id, an identity, or topic/partition/offset."""
    source: str = ""
    tenant: str = ""
    partition: int | None = None


class Finder:
    """Looks through the topics of one deployment as they are now."""

    def __init__(self, reading: Reading, where: Places, settings: Settings) -> None:
        self._reading = reading
        self._where = where
        self._topics = Topics(settings)
        self._reader = Reader(settings, self._topics)

    async def candidates(self, wanted: Wanted) -> dict[str, list[Asked]]:
        """Requests of that name by identity."""
        place = _position(wanted.name, self._where.requests)
        if place is not None:
            return await self._at(place)
        found: dict[str, list[Asked]] = {}
        name = _id_of(wanted.name) or wanted.name
        needle = name.encode() if _PLAIN.fullmatch(name) else b""
        for topic, tenant in self._where.requests.items():
            if wanted.tenant in {"", tenant}:
                async for record in self._records([topic], needle):
                    asked = Asked(self._reader.read(tenant, record))
                    if _fits(wanted, asked):
                        found.setdefault(asked.read.envelope.identity, []).append(asked)
        return found

    async def _at(self, place: Place) -> dict[str, list[Asked]]:
        """The request that stands there, with its repeats."""
        span = Span(place.topic, place.partition, place.offset, place.offset + 1)
        end = (await self._reading.ends([place.topic])).get((place.topic, place.partition), 0)
        if place.offset >= end:
            return {}
        tenant = self._where.requests[place.topic]
        records = [each async for found in self._reading.read(span) for each in found]
        for record in records:
            asked = Asked(self._reader.read(tenant, record))
            identity = asked.read.envelope.identity
            if not _id_of(identity):
                return {identity: [asked]}
            return await self.candidates(Wanted(identity))
        return {}

    async def story(self, identity: str, asked: Sequence[Asked]) -> Story:
        """Everything else of the request."""
        story = Story(identity, asked=list(asked))
        number = asked[0].record.partition
        since_s = asked[0].record.append_s
        needle, where = identity.encode(), self._where
        async for record in self._records(where.outcomes, needle, number, since_s):
            if (outcome := _read(Outcome, record)) and outcome.identity == identity:
                story.outcomes.append((outcome, _seen(record)))
        async for record in self._records([where.decisions], needle, number, since_s):
            if (decision := _read(Decision, record)) and decision.identity == identity:
                story.decisions.append((decision, _seen(record)))
        async for record in self._records([where.latency], needle, number, since_s):
            if (told := _read(Feedback, record)) and told.identity == identity:
                story.feedback.append((told, _seen(record)))
        await self._answered(story, needle, since_s)
        await self._placed(story, needle, since_s)
        return story

    async def _answered(self, story: Story, needle: bytes, since_s: float) -> None:
        """Results and dead letters stand in partitions of their own."""
        places = {each.place for each in story.asked}
        async for record in self._records(self._where.results, needle, None, since_s):
            result = read_result(record)
            if result.identity == story.identity:
                story.results.append(result)
        async for record in self._records(self._where.letters, b"", None, since_s):
            if _letter_of(record) in places:
                story.letters.append((record.append_s, _seen(record).place))

    async def _placed(self, story: Story, needle: bytes, since_s: float) -> None:
        """The placements themselves, and which instances listed them."""
        async for record in self._records(self._pools(), needle, None, since_s):
            if (sent := _sent(record, story.identity)) is not None:
                story.sent.append(sent)
        capacity = self._topics.system("capacity")
        async for record in self._records([capacity], needle, None, since_s):
            if (listed := _read(Capacity, record)) is not None:
                story.see([(listed, record.append_s)])

    def _pools(self) -> list[str]:
        prefix = self._topics.system("arch.")
        return [topic for topic in self._reading.topics if topic.startswith(prefix)]

    async def _records(
        self, topics: Iterable[str], needle: bytes, number: int | None = None,
        since_s: float | None = None,
    ) -> AsyncIterator[Record]:  # fmt: skip
        ends = await self._reading.ends(topics)
        wanted = {place: end for place, end in ends.items() if number in {None, place[1]}}
        starts = await self._reading.starts(wanted, since_s)
        for (topic, partition), end in wanted.items():
            span = Span(topic, partition, starts[topic, partition], end)
            async for records in self._reading.read(span, needle):
                for record in records:
                    yield record


async def open_finder(reading: Reading, bootstrap: str, settings: Settings) -> Finder:
    """A finder over what the broker has.

    Raises:
        BrokerError: the broker is away.
        StreamsError: there are no topics under the prefix.
    """
    present = await present_topics(bootstrap)
    where, topics = places(settings, present), Topics(settings)
    pools = [name for name in present if name.startswith(topics.system("arch."))]
    names = [*where.topics, topics.system("capacity"), *pools]
    await reading.know({name: present[name] for name in names if name in present})
    return Finder(reading, where, settings)


def _read(kind: type[_T], record: Record) -> _T | None:
    try:
        return msgspec.json.decode(record.value, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _seen(record: Record) -> Seen:
    return Seen(record.append_s, Place(record.topic, record.partition, record.offset))


def _sent(record: Record, identity: str) -> Sent | None:
    named = dict(record.headers)
    if named.get("ce_identity") != identity.encode():
        return None
    attempt, pool = named.get("ce_attempt", b"0"), named.get("ce_pool", b"")
    number = int(attempt) if attempt.isdigit() else 0
    return Sent(number, pool.decode(errors="replace"), record.append_s, _seen(record).place)


def _letter_of(record: Record) -> Place | None:
    named = dict(record.headers)
    try:
        return Place(
            named[deadletter.ORIGINAL_TOPIC].decode(),
            int(named[deadletter.ORIGINAL_PARTITION]),
            int(named[deadletter.ORIGINAL_OFFSET]),
        )
    except (KeyError, ValueError):
        return None


def _fits(wanted: Wanted, asked: Asked) -> bool:
    envelope = asked.read.envelope
    return (
        wanted.name in {envelope.request_id, envelope.identity}
        and wanted.source in {"", envelope.source}
        and wanted.partition in {None, envelope.record.partition}
    )


def _position(name: str, topics: Iterable[str]) -> Place | None:
    """``topic/partition/offset``, if that is what it is."""
    topic, _, rest = name.partition("/")
    partition, _, offset = rest.partition("/")
    if topic not in set(topics) or not (partition.isdecimal() and offset.isdecimal()):
        return None
    return Place(topic, int(partition), int(offset))


def _id_of(name: str) -> str:
    """The request id in the text of an identity; empty: it is none."""
    try:
        found = decode(name)
    except ValueError:
        return ""
    return found.id if isinstance(found, Identity) else ""
