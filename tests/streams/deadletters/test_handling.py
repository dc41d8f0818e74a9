"""Redriving and purging, without a broker."""

from collections.abc import Sequence

from streams.core import deadletter
from streams.deadletters.chosen import found
from streams.deadletters.handling import purge, redrive
from streams.deadletters.letter import Letter
from streams.deadletters.redrive import CannotRedriveError, redriven
from streams.ports import Outgoing, Record
from tests.support.dead_letters import letter_record

RECORDS = [letter_record(f"r{n}", offset=n) for n in range(250)]


class Box:
    """Dead letters in memory, and the transactions that were written."""

    def __init__(self, records: Sequence[Record] = RECORDS) -> None:
        self._records = records
        self.written: list[list[Outgoing]] = []

    def records(self) -> Sequence[Record]:
        """All of them."""
        return self._records

    def write(self, batch: Sequence[Outgoing]) -> None:
        """Keep a transaction."""
        self.written.append(list(batch))


def make(letter: Letter, value: bytes) -> Outgoing:
    """The request of a letter; those whose offset ends in 7 cannot be sent."""
    if letter.offset % 10 == 7:
        raise CannotRedriveError("no")
    return redriven(letter, value, now_s=0.0)


def test_each_request_is_written_together_with_its_mark() -> None:
    """In one transaction, so that what was sent is never open and what was not always is."""
    box = Box()
    entries = found(RECORDS[5:9]).entries
    results = list(redrive(box, entries, make, box))
    [batch] = box.written
    assert [each.topic.split(".")[-1] for each in batch] == ["requests", "dlq"] * 3
    marks = [dict(each.headers)[deadletter.MARK_OFFSET] for each in batch[1::2]]
    assert marks == [b"5", b"6", b"8"]
    assert {result.letter.offset: result.why for result in results} == {
        5: "",
        6: "",
        7: "no",
        8: "",
    }


def test_many_are_written_in_bounded_transactions() -> None:
    """A hundred letters each; large ones fewer."""
    box = Box()
    list(redrive(box, found(RECORDS).entries, make, box))
    assert [len(batch) // 2 for batch in box.written] == [100, 100, 25]
    large = [letter_record(value=bytes(3_000_000), offset=n, max_bytes=10**7) for n in range(3)]
    box = Box(large)
    list(redrive(box, found(large).entries, make, box))
    assert [len(batch) // 2 for batch in box.written] == [2, 1]


def test_a_dry_run_writes_nothing() -> None:
    """It says what would be sent."""
    results = list(redrive(Box(), found(RECORDS[:1]).entries, make, None))
    assert [result.request is not None for result in results] == [True]


def test_purging_marks_every_letter() -> None:
    """In its own partition, in bounded transactions."""
    box = Box()
    purge("synergai.default.dlq", found(RECORDS).entries, box)
    assert [len(batch) for batch in box.written] == [100, 100, 50]
    assert {dict(each.headers)[deadletter.MARK] for batch in box.written for each in batch} == {
        b"purged"
    }
