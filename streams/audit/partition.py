"""Judges one partition number, once everything in it was gathered. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from streams.audit.answers import Letter
from streams.audit.checks import Check, needs_letter
from streams.audit.gathering import Gathering
from streams.audit.schema import Ended, Finding, Place
from streams.audit.window import Window

_LETTER = "one dead letter of every request that failed or cannot be read"


def judge(gathering: Gathering, check: Check) -> Iterator[Finding]:
    """Everything wrong with what was gathered, but for dead letters; the check counts the rest."""
    for place in gathering.unreadable:
        yield unreadable(place)
    for identity, dossier in gathering.dossiers.items():
        yield from check.findings(identity, dossier)


def judge_letters(
    gathering: Gathering, letters: Iterable[Letter], window: Window
) -> Iterator[Finding]:
    """Dead letters and the outcomes that should have one."""
    number, kept = gathering.number, defaultdict[tuple[str, int], list[Place]](list)
    for letter in letters:
        kept[letter.topic, letter.offset].append(letter.place)
    for identity, dossier in gathering.dossiers.items():
        concluded = {(one.request_topic, one.request_offset): one for one in dossier.outcomes or ()}
        for at, outcome in concluded.items():
            places = kept.pop(at, [])
            yield from _letters_of(identity, outcome, places, number, window)
    for (topic, offset), places in kept.items():
        if not window.is_before(topic, number, offset):
            found = f"a dead letter of {Place(topic, number, offset)}, which has no outcome"
            expected = "an outcome that says why"
            yield _finding("dead-letter-without-outcome", "", places[0], found, expected)


def unreadable(place: Place) -> Finding:
    """A record that no process of ours wrote."""
    return _finding("unreadable", "", place, "no event of its topic", "what the app writes")


def _letters_of(
    identity: str, outcome: Ended, places: list[Place], number: int, window: Window
) -> Iterator[Finding]:
    at = Place(outcome.topic, number, outcome.offset)
    due = needs_letter(outcome)
    excused = (
        outcome.concluded_s <= window.letters_from_s
        or window.is_before(outcome.request_topic, number, outcome.request_offset)
        or window.is_fresh(outcome.topic, number, outcome.offset)
    )
    if due and not places and not excused:
        found = f"an outcome ({outcome.kind}, {outcome.reason}) without a dead letter"
        yield _finding("no-dead-letter", identity, at, found, _LETTER)
    for place in places[1:]:
        found = f"another dead letter of the outcome at {at}"
        yield _finding("second-dead-letter", identity, place, found, _LETTER)
    if places and not due:
        found = f"a dead letter, though the outcome at {at} is {outcome.kind} ({outcome.reason})"
        yield _finding("dead-letter-without-outcome", identity, places[0], found, _LETTER)


def _finding(kind: object, identity: str, place: Place, found: str, expected: str) -> Finding:
    return Finding(kind=kind, identity=identity, place=place, found=found, expected=expected)  # type: ignore[arg-type]
