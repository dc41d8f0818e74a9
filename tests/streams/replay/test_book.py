"""Requests and outcomes, joined."""

import msgspec

from streams.ports import Record
from streams.replay.book import Book
from streams.schema import OUTCOME_TYPE, Breakdown, Outcome
from tests.support.recordings import entry
from tests.support.scripted_app import binary


def outcome(offset: int, partition: int = 0) -> Record:
    """Of the request at a place of topic ``now``."""
    value = Outcome(
        identity="i", request_id="r", tenant="t", source="s", model="m", kind="met", reason="",
        breakdown=Breakdown(total_s=offset / 100), request_topic="now",
        request_partition=partition, request_offset=offset,
    )  # fmt: skip
    return Record(
        topic="outcomes", partition=0, offset=0, append_s=0.0, key=None,
        headers=tuple(binary("o", OUTCOME_TYPE)), value=msgspec.json.encode(value),
    )  # fmt: skip


def test_outcomes_are_joined_by_place() -> None:
    """Before or after the broker's word on the request; those of others and a second one pass."""
    book = Book(2.0)
    requests = [entry(number, number * 1.0) for number in range(3)]
    numbers = [book.sent(request) for request in requests]
    book.read(outcome(11))
    for number, request in zip(numbers, requests, strict=True):
        book.appended(number, request, ("now", 0, 10 + number))
    assert book.waiting == 2
    for record in (outcome(10), outcome(10), outcome(99), outcome(12, partition=1)):
        book.read(record)
    book.read(msgspec.structs.replace(outcome(12), value=b"nonsense"))
    assert book.waiting == 1
    rows = book.rows()
    assert [(row.name, row.at_s) for row in rows] == [
        ("t/0/0", 0.0),
        ("t/0/1", 0.5),
        ("t/0/2", 1.0),
    ]
    assert [row.ended and row.ended.latency_s for row in rows] == [0.1, 0.11, None]


def test_a_repeat_waits_for_nothing() -> None:
    """The same id in the same partition has no outcome of its own, in another one it has."""
    book = Book(None)
    for number, partition in enumerate((0, 0, 1)):
        request = entry(7, 0.0)
        book.appended(book.sent(request), request, ("now", partition, number))
    assert book.waiting == 2
    assert [row.repeat for row in book.rows()] == [False, True, False]


def test_what_the_broker_refuses_is_not_waited_for() -> None:
    """It stays a request without an outcome, and the reason is kept."""
    book = Book(1.0)
    book.refused(book.sent(entry(1, 0.0)), "too large")
    assert (book.waiting, book.failed) == (0, ["too large"])
    assert book.rows()[0].ended is None
