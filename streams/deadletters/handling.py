"""Redriving and purging: letters in, what became of each out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

import msgspec

from streams.deadletters.chosen import Entry
from streams.deadletters.letter import Letter
from streams.deadletters.marks import mark
from streams.deadletters.redrive import CannotRedriveError
from streams.ports import Outgoing, Record

_BATCH: Final = 100
_BATCH_BYTES: Final = 4 * 1024 * 1024

Make = Callable[[Letter, bytes], Outgoing]
"""The request that a letter and its payload become; raises CannotRedriveError."""


class Records(Protocol):
    """All records of a dlq topic."""

    def records(self) -> Iterable[Record]:
        """From the first to the last."""


class Writer(Protocol):
    """Writes in transactions."""

    def write(self, batch: Sequence[Outgoing]) -> None:
        """All of the batch or nothing of it."""


class Redriven(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one letter; ``request`` None: it stays where it is, and ``why``."""

    letter: Letter
    request: Outgoing | None = None
    why: str = ""


def redrive(
    box: Records, entries: Iterable[Entry], make: Make, writer: Writer | None
) -> Iterator[Redriven]:
    """Send the letters again, each together with its mark; ``writer`` None: only say what would be.

    A letter is told of when its transaction is committed.
    """
    batch: list[tuple[Redriven, Outgoing]] = []
    for result, topic in _made(box, entries, make):
        if result.request is None or writer is None:
            yield result
            continue
        key = result.letter.request_id.encode()
        place = (result.letter.partition, result.letter.offset)
        batch.append((result, mark(topic, key, *place, "redriven")))
        if _is_full(batch):
            yield from _sent(writer, batch)
            batch = []
    if writer is not None and batch:
        yield from _sent(writer, batch)


def purge(topic: str, entries: Sequence[Entry], writer: Writer) -> None:
    """Mark the letters as purged; nothing lists them any more."""
    for begin in range(0, len(entries), _BATCH):
        letters = [entry.letter for entry in entries[begin : begin + _BATCH]]
        writer.write(
            [
                mark(topic, each.request_id.encode(), each.partition, each.offset, "purged")
                for each in letters
            ]
        )


def _made(box: Records, entries: Iterable[Entry], make: Make) -> Iterator[tuple[Redriven, str]]:
    wanted = {(each.letter.partition, each.letter.offset): each.letter for each in entries}
    for record in box.records() if wanted else ():
        letter = wanted.get((record.partition, record.offset))
        if letter is None:
            continue
        try:
            request = make(letter, record.value)
        except CannotRedriveError as error:
            yield Redriven(letter=letter, why=str(error)), record.topic
        else:
            yield Redriven(letter=letter, request=request), record.topic


def _is_full(batch: Sequence[tuple[Redriven, Outgoing]]) -> bool:
    size = sum(result.letter.size_bytes for result, _ in batch)
    return len(batch) >= _BATCH or size >= _BATCH_BYTES


def _sent(writer: Writer, batch: Sequence[tuple[Redriven, Outgoing]]) -> list[Redriven]:
    pairs = [(result.request, told) for result, told in batch]
    writer.write([record for pair in pairs for record in pair if record is not None])
    return [result for result, _ in batch]
