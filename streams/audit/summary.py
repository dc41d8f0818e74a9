"""Adds up what was found in each partition number. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from streams.audit.answers import Answers, Letters
from streams.audit.gathering import Gathering
from streams.audit.partition import unreadable
from streams.audit.schema import Finding, Note, Place, Report
from streams.audit.window import Window

_KEPT: Final = 1000
"""Findings of each kind that are listed; all are counted."""
_NOTED: Final = 100


class Summary:
    """Of all partition numbers."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._findings: list[Finding] = []
        self._notes: list[Note] = []
        self._names: set[int] = set()
        """Hashes of identities without their partition number."""

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep the first ones of each kind."""
        for finding in findings:
            self._found[finding.kind] += 1
            if self._found[finding.kind] <= _KEPT:
                self._findings.append(finding)

    def count(self, counts: Mapping[str, int]) -> None:
        """Add counts."""
        self._counts.update(counts)

    def asked(self, gathering: Gathering) -> None:
        """Look for ids that were asked in another partition too: those are different requests."""
        here: set[int] = set()
        for identity, dossier in gathering.dossiers.items():
            if dossier.asked is None:
                continue
            name = hash(identity.rpartition("/")[0])
            here.add(name)
            if name in self._names:
                self._counts["in_two_partitions"] += 1
                place = Place(dossier.asked[0].topic, gathering.number, dossier.asked[0].offset)
                what = "the same id was also sent to another partition: it is another request"
                self._note("in-two-partitions", identity, place, what)
        self._names |= here

    def leftover(self, answers: Answers, letters: Letters, window: Window) -> None:
        """What belongs to no partition number that was read."""
        self.add(unreadable(place) for place in letters.unreadable)
        named = (result for results in answers.of.values() for result in results)
        for result in (*named, *answers.strangers()):
            if window.judges(result.append_s):
                self.add([_stranger(result.identity, result.place)])
        for number, kept in letters.of.items():
            for letter in kept:
                if not window.is_before(letter.topic, number, letter.offset):
                    self.add([_strange_letter(letter.topic, number, letter.offset, letter.place)])

    def report(self) -> Report:
        """What the audit says."""
        return Report(
            counts=dict(self._counts),
            findings=self._findings,
            found=dict(self._found),
            notes=self._notes,
        )

    def _note(self, kind: str, identity: str, place: Place, what: str) -> None:
        if len(self._notes) < _NOTED:
            self._notes.append(Note(kind=kind, identity=identity, place=place, what=what))


def _stranger(identity: str, place: Place) -> Finding:
    return Finding(
        kind="result-without-request",
        identity=identity,
        place=place,
        found="a result of no request",
        expected="a request of its identity, or of its correlation id",
    )


def _strange_letter(topic: str, number: int, offset: int, place: Place) -> Finding:
    return Finding(
        kind="dead-letter-without-outcome",
        identity="",
        place=place,
        found=f"a dead letter of {Place(topic, number, offset)}, a partition that is not there",
        expected="an outcome that says why",
    )
