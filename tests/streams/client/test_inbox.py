"""Joining results and outcomes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.cloudevents import CloudEvent
from functions.schema import RESULT_TYPE
from streams.client.answer import Answer, Result
from streams.client.inbox import Inbox
from streams.schema import Outcome


def outcome(offset: int = 5, source: str = "/me") -> Outcome:
    """One whose winning result lies at ``offset``."""
    return Outcome(
        identity="i",
        request_id="r1",
        tenant="default",
        source=source,
        model="m",
        kind="met",
        reason="",
        result_topic="results",
        result_partition=0,
        result_offset=offset,
    )


def result(offset: int) -> Result:
    """One whose body is its offset."""
    event = CloudEvent(id="e", source="/f", type=RESULT_TYPE, data=str(offset).encode())
    return Result(topic="results", partition=0, offset=offset, event=event)


@pytest.fixture
def inbox() -> Inbox:
    """One that expects r1."""
    under_test = Inbox("/me")
    under_test.expect("r1")
    return under_test


def test_result_then_outcome(inbox: Inbox) -> None:
    """The outcome completes the request."""
    assert inbox.result("r1", result(5)) is None
    answer = inbox.outcome(outcome())
    assert answer is not None
    assert answer.body == b"5"
    assert "r1" not in inbox


def test_outcome_then_result(inbox: Inbox) -> None:
    """An outcome that is read first waits for the result it names."""
    assert inbox.outcome(outcome()) is None
    assert inbox.result("r1", result(4)) is None
    answer = inbox.result("r1", result(5))
    assert answer is not None
    assert answer.body == b"5"


def test_no_function_answered(inbox: Inbox) -> None:
    """An outcome without a result is an answer by itself."""
    answer = inbox.outcome(msgspec.structs.replace(outcome(-1), kind="rejected", reason="overload"))
    assert answer is not None
    assert answer.error == "overload"


def test_strangers(inbox: Inbox) -> None:
    """Other producers' events are ignored, even under the same id."""
    assert inbox.outcome(outcome(-1, source="/other")) is None
    assert inbox.outcome(msgspec.structs.replace(outcome(-1), request_id="r2")) is None
    assert inbox.result("r2", result(5)) is None


def test_forgotten(inbox: Inbox) -> None:
    """Nothing comes of a request that is no longer wanted."""
    inbox.forget(["r1", "r9"])
    assert inbox.outcome(outcome(-1)) is None


@given(
    losers=st.lists(st.integers(0, 4), unique=True),
    late=st.lists(st.integers(6, 9), unique=True),
    randoms=st.randoms(use_true_random=False),
)
def test_winner_only(losers: list[int], late: list[int], randoms: object) -> None:
    """Whatever the order, there is one answer and it holds the winning attempt's bytes."""
    inbox = Inbox("/me")
    inbox.expect("r1")
    events: list[int | None] = [*losers, *late, 5, None]
    randoms.shuffle(events)  # type: ignore[attr-defined]
    answers: list[Answer | None] = [
        inbox.outcome(outcome()) if event is None else inbox.result("r1", result(event))
        for event in events
    ]
    assert [answer.body for answer in answers if answer] == [b"5"]
