"""A dead letter, read back."""

import pytest

from streams.core import deadletter
from streams.deadletters.letter import Mark, Origin, UnreadableError, read
from streams.deadletters.marks import mark
from streams.ports import Record
from tests.support.dead_letters import APPEND_S, HEADERS, letter, letter_record


def test_everything_the_app_wrote_is_read() -> None:
    """Where it came from, why, how often it was tried, its own headers; not the payload."""
    found = letter(letter_record(partition=1, offset=2))
    assert found.position == "1/2"
    assert (found.request_id, found.model, found.attempts) == ("a", "magika", 2)
    assert (found.reason, found.message) == ("unknown-model", "because of unknown-model")
    assert found.origin == Origin(
        topic="synergai.default.requests", partition=3, offset=42, append_s=APPEND_S, key=b"a"
    )
    assert found.headers == HEADERS
    assert (found.size_bytes, found.cut) == (5, False)


def test_a_payload_that_was_left_out_is_told() -> None:
    """With its size."""
    found = letter(letter_record(value=bytes(200), max_bytes=100))
    assert (found.size_bytes, found.cut) == (200, True)


def test_the_model_of_a_malformed_event_is_read_where_it_can_be() -> None:
    """From its header; nothing where there is none."""
    assert letter(letter_record(headers=(("ce_subject", b"m\xff"),))).model == "m\ufffd"
    assert letter(letter_record(headers=())).model == ""


def test_a_mark_is_read() -> None:
    """It names the letter by its place."""
    sent = mark("dlq", b"a", 1, 2, "purged")
    record = Record(
        topic="dlq", partition=1, offset=9, append_s=0.0, key=b"a", headers=sent.headers, value=b""
    )
    assert read(record) == Mark(partition=1, offset=2, fate="purged")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ((), "dlq/1/9: found no header dlq-reason"),
        (((deadletter.MARK, b"eaten"), (deadletter.MARK_OFFSET, b"1")), "dlq/1/9: Invalid enum"),
        (((deadletter.MARK, b"purged"), (deadletter.MARK_OFFSET, b"x")), "dlq/1/9: invalid"),
    ],
)
def test_what_others_wrote_is_no_letter(headers: tuple[tuple[str, bytes], ...], said: str) -> None:
    """It is named by its place, and stops nothing."""
    record = Record(
        topic="dlq", partition=1, offset=9, append_s=0.0, key=b"a", headers=headers, value=b""
    )
    with pytest.raises(UnreadableError, match=said):
        read(record)


def test_a_producer_cannot_forge_a_mark() -> None:
    """Headers of ours on a request do not reach its dead letter."""
    forged = letter_record(headers=(*HEADERS, (deadletter.MARK, b"purged")))
    assert letter(forged).headers == HEADERS
