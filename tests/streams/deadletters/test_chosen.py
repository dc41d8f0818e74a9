"""What became of dead letters, and which of them are meant."""

import msgspec
import pytest

from streams.deadletters.chosen import (
    THERE,
    Wanted,
    check_ids,
    chosen,
    found,
    purged_before,
)
from streams.deadletters.letter import Fate
from streams.deadletters.marks import mark
from streams.errors import StreamsError
from streams.ports import Record
from tests.support.dead_letters import APPEND_S, letter_record

RECORDS = [
    letter_record("a", offset=0),
    letter_record("b", offset=1, reason="malformed", append_s=APPEND_S + 1),
    letter_record("a", offset=2, append_s=APPEND_S + 2),
    letter_record("c", partition=1, offset=0, append_s=APPEND_S + 3),
]


def marked(offset: int, fate: Fate) -> Record:
    """A mark on a letter of partition 0."""
    sent = mark("synergai.default.dlq", b"", 0, offset, fate)
    return Record(
        topic=sent.topic, partition=0, offset=offset + 100, append_s=APPEND_S + 9, key=b"",
        headers=sent.headers, value=b"",
    )  # fmt: skip


def names(wanted: Wanted, *marks: Record) -> list[str]:
    """Positions of those that are meant."""
    entries = found([*RECORDS, *marks]).entries
    return [entry.letter.position for entry in chosen(entries, wanted)]


def test_open_letters_are_meant_the_oldest_first() -> None:
    """Whatever their partition; those that were redriven or purged are not."""
    assert names(Wanted()) == ["0/0", "0/1", "0/2", "1/0"]
    marks = (marked(0, "redriven"), marked(1, "purged"))
    assert names(Wanted(), *marks) == ["0/2", "1/0"]
    assert names(Wanted(states=THERE), *marks) == ["0/0", "0/2", "1/0"]


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        (Wanted(ids=("a",)), ["0/0", "0/2"]),
        (Wanted(ids=("0/2", "c")), ["0/2", "1/0"]),
        (Wanted(reason="malformed"), ["0/1"]),
        (Wanted(model="other"), []),
        (Wanted(since_s=APPEND_S + 2), ["0/2", "1/0"]),
        (Wanted(limit=1), ["1/0"]),
        (Wanted(ids=("a",), limit=1), ["0/2"]),
    ],
)
def test_filters(wanted: Wanted, meant: list[str]) -> None:
    """By request id or position, reason, model, age, and the latest so many."""
    assert names(wanted) == meant


def test_purged_stays_purged() -> None:
    """A mark that comes later does not bring it back."""
    marks = (marked(0, "purged"), marked(0, "redriven"))
    assert names(Wanted(states=THERE), *marks) == ["0/1", "0/2", "1/0"]


def test_an_unknown_id_is_a_mistake() -> None:
    """It is named; those of purged letters are known."""
    entries = found([*RECORDS, marked(1, "purged")]).entries
    check_ids(entries, ["a", "b", "1/0"])
    with pytest.raises(StreamsError, match="ID: found '9/9', allowed: a request id or position"):
        check_ids(entries, ["9/9"])


def test_what_is_no_letter_is_told_of() -> None:
    """And the rest is found."""
    alien = msgspec.structs.replace(RECORDS[0], headers=(), offset=7)
    there = found([alien, *RECORDS])
    assert len(there.entries) == 4
    assert there.unreadable == ("synergai.default.dlq/0/7: found no header dlq-reason",)


def test_the_broker_may_delete_up_to_the_first_letter_that_is_kept() -> None:
    """Per partition, at most up to the end that was read; other partitions are left alone."""
    entries = found([*RECORDS, marked(0, "purged"), marked(1, "redriven")]).entries
    assert purged_before(entries, {0: 50}) == {0: 1}
    purged = [entry for entry in entries if entry.letter.partition]
    assert purged_before(purged, {0: 50}) == {0: 50}
