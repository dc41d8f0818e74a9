"""Results and dead letters, which stand in other partitions than their requests."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from functions.schema import ERROR_TYPE
from streams.audit.schema import Place, Result
from streams.core import deadletter
from streams.identity import Identity, decode
from streams.ports import Record

_ERROR = ERROR_TYPE.encode()


class Answers:
    """By the partition number of the request."""

    def __init__(self) -> None:
        self.of: defaultdict[int, list[Result]] = defaultdict(list)
        self.unnamed: dict[Place, Result] = {}
        """Results that name no identity, as other people's functions write them."""
        self.pointed: set[Place] = set()
        """Those that feedback or an outcome points at."""
        self._shared: set[Place] = set()
        """Those whose request id is known."""
        self._asked: defaultdict[str, list[Place]] = defaultdict(list)

    def take(self, records: Iterable[Record]) -> None:
        """Records of one partition of a results topic."""
        for record in records:
            result = read_result(record)
            number = number_of(result.identity)
            if number is None:
                self.unnamed[result.place] = result
                self._asked[_request_id(record)].append(result.place)
            else:
                self.of[number].append(result)

    def known(self, identity: str) -> None:
        """There is a request of this identity: a result that shares its id may be of it."""
        named = decode(identity)
        if isinstance(named, Identity):
            self._shared.update(self._asked.get(named.id, ()))

    def strangers(self) -> list[Result]:
        """Results that belong to no request."""
        known = self.pointed | self._shared
        return [result for place, result in self.unnamed.items() if place not in known]


class Letter(NamedTuple):
    """A dead letter and the request it is of."""

    topic: str
    offset: int
    place: Place


class Letters:
    """By the partition number of the request."""

    def __init__(self) -> None:
        self.of: defaultdict[int, list[Letter]] = defaultdict(list)
        self.unreadable: list[Place] = []

    def take(self, records: Iterable[Record]) -> None:
        """Records of one partition of a dead-letter topic; marks on letters are none."""
        for record in records:
            place = Place(record.topic, record.partition, record.offset)
            named = dict(record.headers)
            if deadletter.MARK in named:
                continue
            try:
                number = int(named[deadletter.ORIGINAL_PARTITION])
                offset = int(named[deadletter.ORIGINAL_OFFSET])
                topic = named[deadletter.ORIGINAL_TOPIC].decode()
            except (KeyError, ValueError):
                self.unreadable.append(place)
            else:
                self.of[number].append(Letter(topic, offset, place))


def number_of(identity: str) -> int | None:
    """The partition number in the text of an identity; None: it is none."""
    parts = identity.split("/")
    number = {5: parts[-1], 3: parts[1]}.get(len(parts), "") if len(parts) > 1 else ""
    return int(number) if number.isdecimal() else None


def _request_id(record: Record) -> str:
    named = dict(record.headers)
    return (named.get("ce_correlationid") or record.key or b"").decode(errors="replace")


def read_result(record: Record) -> Result:
    """What a results topic holds; without an identity, attempt 0 of nobody."""
    identity, attempt, error = "", 0, False
    for name, raw in record.headers:
        if name == "ce_identity":
            identity = (raw or b"").decode(errors="replace")
        elif name == "ce_attempt":
            attempt = int(raw) if (raw or b"").isdigit() else 0
        elif name == "ce_type":
            error = raw == _ERROR
    place = Place(record.topic, record.partition, record.offset)
    return Result(identity, attempt, error, place, record.append_s)
