"""Reads one partition number's records into dossiers, effects before their causes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from sys import intern
from typing import TypeVar

import msgspec

from streams.audit.answers import Answers
from streams.audit.dossier import Dossier
from streams.audit.naming import Namer
from streams.audit.schema import Ended, Place, Placed, Result, Told
from streams.ports import Record

_T = TypeVar("_T", Ended, Placed, Told)
_ended = msgspec.json.Decoder(Ended)
_placed = msgspec.json.Decoder(Placed)
_told = msgspec.json.Decoder(Told)


class Gathering:
    """Show it outcomes, decisions, feedback, results, then requests."""

    def __init__(self, number: int, namer: Namer) -> None:
        self.number = number
        self.dossiers: defaultdict[str, Dossier] = defaultdict(Dossier)
        self.unreadable: list[Place] = []
        self._namer = namer
        self._concluded: defaultdict[str, dict[int, str]] = defaultdict(dict)
        """Identity by topic and offset of the request."""

    def outcomes(self, records: Iterable[Record]) -> None:
        """Committed records of an outcomes topic."""
        for record in records:
            ended = self._read(_ended, record)
            if ended is None:
                continue
            ended.topic, ended.offset = record.topic, record.offset
            ended.reason, ended.tenant = intern(ended.reason), intern(ended.tenant)
            ended.request_topic = intern(ended.request_topic)
            ended.result_topic = intern(ended.result_topic)
            ended.instance = intern(ended.instance)
            dossier = self.dossiers[ended.identity]
            dossier.outcomes = [*(dossier.outcomes or ()), ended]
            self._concluded[ended.request_topic][ended.request_offset] = ended.identity

    def decisions(self, records: Iterable[Record]) -> None:
        """Records of the decisions topic."""
        for record in records:
            placed = self._read(_placed, record)
            if placed is None:
                continue
            placed.offset, placed.request_topic = record.offset, intern(placed.request_topic)
            dossier = self.dossiers[placed.identity]
            if dossier.placed is None:
                dossier.placed = [placed]
            else:
                dossier.placed.append(placed)

    def feedback(self, records: Iterable[Record]) -> None:
        """Records of the latency topic."""
        for record in records:
            told = self._read(_told, record)
            if told is None:
                continue
            told.append_s, told.offset = record.append_s, record.offset
            told.result_topic, told.instance = intern(told.result_topic), intern(told.instance)
            dossier = self.dossiers[told.identity]
            if dossier.told is None:
                dossier.told = [told]
            else:
                dossier.told.append(told)

    def results(self, results: Iterable[Result]) -> None:
        """What the results topics hold under this partition number."""
        for result in results:
            dossier = self.dossiers[result.identity]
            if dossier.results is None:
                dossier.results = [result]
            else:
                dossier.results.append(result)

    def requests(self, tenant: str, records: Iterable[Record]) -> None:
        """Records of a requests topic."""
        empty: Mapping[int, str] = {}
        for record in records:
            known = self._concluded.get(record.topic, empty).get(record.offset, "")
            identity, asked = self._namer.name(tenant, record, known)
            dossier = self.dossiers[identity]
            if dossier.asked is None:
                dossier.asked = [asked]
            else:
                dossier.asked.append(asked)

    def adopt(self, answers: Answers) -> None:
        """Give results that name no identity to who points at them, or shares their request id."""
        if not answers.unnamed:
            return
        for identity, dossier in self.dossiers.items():
            for one in (*(dossier.told or ()), *(dossier.outcomes or ())):
                place = Place(one.result_topic, one.result_partition, one.result_offset)
                if place in answers.unnamed and place not in answers.pointed:
                    result = Result(identity, one.attempt, False, place, 0.0)
                    dossier.results = [*(dossier.results or ()), result]
                    answers.pointed.add(place)
            if dossier.asked:
                answers.known(identity)

    def _read(self, decoder: "msgspec.json.Decoder[_T]", record: Record) -> _T | None:
        try:
            return decoder.decode(record.value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unreadable.append(Place(record.topic, record.partition, record.offset))
            return None
