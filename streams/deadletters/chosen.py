"""Which dead letters there are, what became of each, and which of them somebody means. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from streams.deadletters.letter import Fate, Letter, Mark, UnreadableError, read
from streams.errors import StreamsError
from streams.ports import Record

State = Literal["open", "redriven", "purged"]
OPEN: Final = frozenset[State]({"open"})
THERE: Final = frozenset[State]({"open", "redriven"})
"""What was not purged."""
DONE: Final = frozenset[State]({"redriven", "purged"})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A letter and what became of it; ``open``: nothing yet."""

    letter: Letter
    state: State = "open"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All that lies on a dlq topic, in the order of arrival."""

    entries: tuple[Entry, ...]
    unreadable: tuple[str, ...] = ()
    """Records that are no dead letters: where and why."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody means; an empty field means any."""

    ids: tuple[str, ...] = ()
    """Request ids or positions."""
    reason: str = ""
    model: str = ""
    since_s: float = 0.0
    """Those that arrived at this time (POSIX) or after it."""
    limit: int | None = None
    """The latest so many."""
    states: frozenset[State] = OPEN


def found(records: Iterable[Record]) -> Found:
    """The letters of a topic, from all of its records in order of partition and offset."""
    letters: dict[str, Letter] = {}
    fates: dict[str, Fate] = {}
    unreadable: list[str] = []
    for record in records:
        try:
            told = read(record)
        except UnreadableError as error:
            unreadable.append(str(error))
            continue
        if isinstance(told, Mark):
            place = f"{told.partition}/{told.offset}"
            fates[place] = "purged" if fates.get(place) == "purged" else told.fate
        else:
            letters[told.position] = told
    entries = [Entry(letter=each, state=fates.get(p, "open")) for p, each in letters.items()]
    entries.sort(key=lambda entry: (entry.letter.append_s, entry.letter.position))
    return Found(entries=tuple(entries), unreadable=tuple(unreadable))


def chosen(entries: Iterable[Entry], wanted: Wanted) -> list[Entry]:
    """Those that are meant, the oldest first."""
    meant = [entry for entry in entries if _is_meant(entry, wanted)]
    return meant if wanted.limit is None else meant[-wanted.limit :]


def check_ids(entries: Sequence[Entry], ids: Iterable[str]) -> None:
    """Refuse ids that name nothing.

    Raises:
        StreamsError: names the first of them.
    """
    known = {name for entry in entries for name in _names(entry)}
    for name in ids:
        if name not in known:
            raise StreamsError(
                f"ID: found {name!r}, allowed: a request id or position of a dead letter, "
                "as listed by: synergai dlq list --state all"
            )


def purged_before(entries: Iterable[Entry], ends: dict[int, int]) -> dict[int, int]:
    """Per partition the offset before which no letter is wanted any more; ``ends`` at the most."""
    before = dict(ends)
    for entry in entries:
        letter = entry.letter
        if entry.state != "purged" and letter.partition in before:
            before[letter.partition] = min(before[letter.partition], letter.offset)
    return before


def _is_meant(entry: Entry, wanted: Wanted) -> bool:
    letter = entry.letter
    return (
        entry.state in wanted.states
        and letter.append_s >= wanted.since_s
        and (not wanted.reason or letter.reason == wanted.reason)
        and (not wanted.model or letter.model == wanted.model)
        and (not wanted.ids or not _names(entry).isdisjoint(wanted.ids))
    )


def _names(entry: Entry) -> set[str]:
    return {entry.letter.request_id, entry.letter.position}
